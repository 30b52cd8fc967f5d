"""Would it pass, and if not, why not? The token's own verdict, in words. Floor 3."""

from __future__ import annotations

from collections.abc import Mapping

from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.lens import Lens
from hashkit.domain.facts import ZERO
from hashkit.domain.verdict import Kind, Verdict, Wording, verdict
from hashkit.issuer.context import Context
from hashkit.issuer.who import name_of
from hashkit.rpc.reads import read
from hashkit.store.deployments import Deployment


def explain(
    context: Context,
    deployment: Deployment,
    known: Mapping[str, str],
    kind: Kind,
    sender: str = ZERO,
    to: str = ZERO,
    amount: int = 0,
    spender: str | None = None,
) -> Verdict:
    """The verdict on a movement at the latest block, every failing rule with its figures and its cure.

    ``amount`` in the smallest unit, ``spender`` for a transferFrom. The mask is the token's own answer; the
    Lens only adds figures.
    """
    token = deployment.contracts["AssetToken"].address
    wording = Wording(deployment.asset.symbol, deployment.asset.decimals, lambda a: name_of(known, a))
    lens = deployment.contracts.get("Lens")
    if lens is not None:
        question = Lens(lens.address).explain(token, kind, spender or sender, sender, to, amount)
        mask, figures = read(context.endpoint, question, "latest")
        return verdict(mask, figures, wording)
    face = AssetToken(token)
    plain = spender is None or spender == sender
    query = (
        face.explain_movement(kind, sender, to, amount)
        if plain
        else face.explain_from(str(spender), sender, to, amount)
    )
    return verdict(read(context.endpoint, query, "latest"), (), wording)
