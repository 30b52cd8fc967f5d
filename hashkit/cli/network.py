"""``hashkit network``: which chains are known, and whether their nodes answer. Floor 4."""

from __future__ import annotations

from hashkit.cli.options import choices, noun
from hashkit.cli.session import Answer, Session


@noun("network", "Chains and their nodes. hashkit.toml may add networks and change any value of them.")
def command() -> None:
    """The group."""


@command.command("list", example="hashkit network list")
@choices(network=False)
def list_(session: Session) -> None:
    """List the networks that are known here."""
    from hashkit.chain.networks import networks
    from hashkit.domain.network import masked

    found = networks(session.overrides).values()
    rows = [(n.name, str(n.chain_id), n.title, " ".join(masked(url) for url in n.rpc_urls), n.finality) for n in found]
    data = [dict(zip(("name", "chainId", "title", "node", "finality"), row, strict=True)) for row in rows]
    session.show(Answer(data, headings=("network", "chain", "title", "node", "finality"), rows=rows))


@command.command("ping", example="hashkit network ping -n hashkey-testnet")
@choices()
def ping(session: Session) -> None:
    """Ask the nodes of a network for their chain id and newest block."""
    from hashkit.rpc.blocks import block
    from hashkit.rpc.survey import survey

    hashkit = session.connect(reading=True, anywhere=True)
    newest = block(hashkit.endpoint, "latest")
    final = block(hashkit.endpoint, hashkit.network.finality)
    label, chain = hashkit.endpoint.label, hashkit.network.chain_id
    nodes = survey(hashkit.endpoint)
    data = {"node": label, "chainId": chain, "block": newest.number, "blockHash": newest.hash, "final": final.number}
    data["nodes"] = [node.to_dict() for node in nodes]
    text = f"{label} serves chain {chain}: block {newest.number:,}, {hashkit.network.finality} is {final.number:,}."
    each = [f"  {node}" for node in nodes] if len(nodes) > 1 else []
    session.show(Answer(data, [text, *each], links={"block": hashkit.network.block_link(newest.number)}))
