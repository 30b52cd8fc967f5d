"""What the project must let go of when the embedded chain starts anew. Floor 2."""

from __future__ import annotations

from hashkit.errors import InputError
from hashkit.store.journal import set_aside
from hashkit.store.project import DEV_CHAIN, Project
from hashkit.store.rows import IssueRows


def forget_devnet(project: Project, chain_id: int = DEV_CHAIN) -> None:
    """Set aside the journals and deployment records of a chain that is gone, and forget its rows.

    Files are renamed, not deleted. InputError for any chain but the embedded one.
    """
    if chain_id != DEV_CHAIN:
        raise InputError(f"Chain {chain_id} is not a chain that hashkit may forget.", code="NOT_DEVNET")
    for path in sorted(project.journal.glob(f"{chain_id}-*.db")):
        set_aside(path)
    records = project.deployments / str(chain_id)
    for path in sorted(records.glob("*.json")):
        path.replace(path.with_suffix(".json.old"))
    with IssueRows(project.rows_file) as rows:
        rows.forget_chain(chain_id)
