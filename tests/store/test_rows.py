"""The memory of issued rows: whole or not at all, and no row in two orders, whoever came first."""

from __future__ import annotations

from pathlib import Path

import pytest

from hashkit.errors import InputError
from hashkit.store.rows import IssueRow, IssueRows, changed_rows, rows_of_another_order

TOKEN, OTHER = "0x" + "cD" * 20, "0x" + "Ef" * 20


def row(name: str, order: str = "0xfirst", digest: str = "d", place: int = 0) -> IssueRow:
    return IssueRow(name, digest, order, place)


def known(memory: IssueRows, *ids: str) -> dict[str, tuple[str, str]]:
    return dict(memory.known_rows(177, TOKEN, ids))


def test_rows_that_another_process_took_in_meanwhile_are_refused_and_none_of_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "rows.db"
    with IssueRows(path) as ours, IssueRows(path) as theirs:
        assert known(ours, "S-1", "S-2") == {}, "planned: nobody has them"
        theirs.remember_rows(177, TOKEN, [row("S-1", "0xtheirs" + "0" * 40)])
        with pytest.raises(InputError, match="1 of these 2 rows belong to an order that was made before") as caught:
            ours.remember_rows(177, TOKEN, [row("S-1"), row("S-2")])
        assert caught.value.code == "ROWS_KNOWN"
        assert caught.value.details == ("S-1 belongs to order 0xtheirs0000000000…",)
        assert known(ours, "S-1", "S-2") == {"S-1": ("d", "0xtheirs" + "0" * 40)}


def test_two_contents_under_one_id_in_one_call_are_refused(tmp_path: Path) -> None:
    with IssueRows(tmp_path / "rows.db") as memory:
        with pytest.raises(InputError) as caught:
            memory.remember_rows(177, TOKEN, [row("S-1", digest="one"), row("S-2"), row("S-1", digest="two")])
        assert caught.value.code == "ROW_CHANGED"
        assert caught.value.details == ("'S-1': content differs from what is on record",)
        assert known(memory, "S-1", "S-2") == {}


def test_a_row_is_known_by_chain_and_token_and_id(tmp_path: Path) -> None:
    with IssueRows(tmp_path / "rows.db") as memory:
        memory.remember_rows(177, TOKEN, [row("S-1", digest="a", place=7)])
        memory.remember_rows(177, OTHER, [row("S-1", "0xsecond", digest="b")])
        memory.remember_rows(133, TOKEN, [row("S-1", "0xthird", digest="c")])
        found = [dict(memory.known_rows(c, t, ["S-1"])) for c, t in ((177, TOKEN), (177, OTHER), (133, TOKEN))]
        assert found == [{"S-1": ("a", "0xfirst")}, {"S-1": ("b", "0xsecond")}, {"S-1": ("c", "0xthird")}]
        memory.forget_chain(133)
        assert memory.known_rows(133, TOKEN, ["S-1"]) == {} and known(memory, "S-1")


def test_an_order_that_never_was_is_forgotten_alone(tmp_path: Path) -> None:
    with IssueRows(tmp_path / "rows.db") as memory:
        memory.remember_rows(177, TOKEN, [row("S-1"), row("S-2")])
        memory.remember_rows(177, TOKEN, [row("S-3", "0xsecond")])
        memory.remember_rows(177, OTHER, [row("S-4")])
        memory.remember_rows(133, TOKEN, [row("S-5")])
        memory.forget_order(177, TOKEN, "0xfirst")
        assert known(memory, "S-1", "S-2", "S-3") == {"S-3": ("d", "0xsecond")}
        assert memory.known_rows(177, OTHER, ["S-4"]) and memory.known_rows(133, TOKEN, ["S-5"])


def test_what_was_kept_outlives_the_process(tmp_path: Path) -> None:
    with IssueRows(tmp_path / "rows.db") as memory:
        memory.remember_rows(177, TOKEN, [row("S-1")])
    with pytest.raises(InputError, match="cannot be used"):
        memory.remember_rows(177, TOKEN, [row("S-2")])
    with IssueRows(tmp_path / "rows.db") as memory:
        assert known(memory, "S-1", "S-2") == {"S-1": ("d", "0xfirst")}


@pytest.mark.parametrize(("ids", "says"), [(["a"], "1 row differs from"), (["a", "b"], "2 rows differ from")])
def test_changed_rows_are_counted(ids: list[str], says: str) -> None:
    assert changed_rows(ids).sentence.startswith(says) and len(changed_rows(ids).details) == len(ids)


def test_of_many_rows_of_another_order_fifty_are_named_in_order() -> None:
    error = rows_of_another_order({f"S-{n:03}": "0x" + "a" * 64 for n in reversed(range(60))}, 100)
    assert error.sentence.startswith("60 of these 100 rows") and len(error.details) == 50
    assert error.details[0] == f"S-000 belongs to order 0x{'a' * 16}…" and error.details[49].startswith("S-049")
