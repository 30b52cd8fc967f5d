"""Deploy a tranche: shared contracts once, a registry once, then token and rule book as clones. Floor 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hashkit.contracts import artifacts
from hashkit.contracts.abi import encode
from hashkit.contracts.asset_factory import AssetFactory
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call, Deploy
from hashkit.contracts.hashing import clone_runtime, keccak
from hashkit.contracts.identity_registry import IdentityRegistry, new_registry
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain.facts import ZERO
from hashkit.domain.parties import Power, matrix_bits, matrix_words
from hashkit.domain.terms import AssetTerms
from hashkit.errors import InputError, TransactionFailed
from hashkit.issuer.context import Context
from hashkit.issuer.costs import Guess, quote
from hashkit.issuer.plan import Plan
from hashkit.issuer.rules import rules_of
from hashkit.issuer.steps import Check, Outcome, Results, Step
from hashkit.rpc.blocks import block
from hashkit.rpc.reads import code_at, read
from hashkit.store.deployments import Contract, DeployedAsset, DeployedAt, Deployment, shared_contracts

R = TypeVar("R")

TOKEN_POWERS = (
    Power.APPROVE | Power.ISSUE | Power.REDEEM | Power.FREEZE | Power.FORCE | Power.RULES | Power.DOCUMENT | Power.PAUSE
)
"""What the deploying account gets on the token; on the registry it gets ADMIT. Nobody gets RAW_SUPPLY."""

SINGLE_KEY = "R-SINGLE-KEY"

_ONCE = ("AssetTokenControl", "AssetToken", "RuleBook", "AssetFactory", "Lens")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the plan needs to know of the contracts that are there already."""

    factory: str | None
    lens: str | None
    registry: str | None


def plan_deploy(
    context: Context, terms: AssetTerms, made: Callable[[Deployment], R], *, single_key: bool = False
) -> Plan[R]:
    """Everything from nothing to a token the registry pushes to; what is there already is used again.

    ``made`` turns the record into what ``send`` returns. ``single_key`` says that one key shall hold every power,
    without which nothing is deployed on a main network.
    """
    if context.project.deployment_file(context.network.chain_id, terms.symbol).exists():
        return _deployed_already(context, terms, made)
    parts = Parts(_shared(context, "AssetFactory"), _shared(context, "Lens"), _shared(context, "IdentityRegistry"))
    steps = tuple(_steps(context, terms, parts))
    return Plan(
        context=context,
        title=f"Deploy {terms.symbol} on {context.network.name} ({context.network.chain_id})",
        result=lambda outcome: made(_record(context, terms, parts, outcome)),
        steps=steps,
        checks=(*_checks(context, terms), *_single_key(context, single_key)),
        headings=("", "contract", "what"),
        lines=tuple(_lines(terms, parts)),
        totals={"owner and agent": context.sender},
        warnings=_warnings(context),
        fee=quote(context, _guesses(steps)),
        confirm_word=None if context.network.dev else terms.symbol,
    )


def _deployed_already(context: Context, terms: AssetTerms, made: Callable[[Deployment], R]) -> Plan[R]:
    found = Deployment.load(context.project, context.network.chain_id, terms.symbol)
    token = found.contracts["AssetToken"]
    if keccak(code_at(context.endpoint, token.address, "latest")).hex() != token.code_hash.removeprefix("0x"):
        raise InputError(
            f"The record says that {terms.symbol} is at {token.address}, but the code there is not the recorded one.",
            why="The record belongs to another chain, or the chain was reset.",
            next_step="Check the network; after a devnet reset remove the stale record.",
            code="DEPLOYMENT_STALE",
        )
    note = f"{terms.symbol} is deployed at {token.address} since block {found.deployed_at.block}; nothing to send."
    return Plan(context, f"Deploy {terms.symbol}", lambda outcome: made(found), note=note)


def _shared(context: Context, name: str) -> str | None:
    """The address of a contract this project already has on the chain; two of them are the user's to choose."""
    found = shared_contracts(context.project, context.network.chain_id, name)
    if len(found) > 1:
        raise InputError(
            f"This project has {len(found)} contracts called {name} on {context.network.name}.",
            why="An asset belongs to one registry, made by one factory; hashkit does not guess which.",
            next_step="Keep assets of different registries in different projects.",
            code="AMBIGUOUS",
        )
    return found[0].address if found else None


def _steps(context: Context, terms: AssetTerms, parts: Parts) -> list[Step]:
    steps = []
    if parts.factory is None:
        steps += [_deploy_step(name) for name in _ONCE if name != "Lens" or parts.lens is None]

    def factory(results: Results) -> AssetFactory:
        return AssetFactory(parts.factory or _made(results, "AssetFactory"))

    def registry(results: Results) -> str:
        return parts.registry or _made(results, "IdentityRegistry")

    def implementation(results: Results) -> str:
        if parts.factory is None:
            return _made(results, "AssetToken")
        return read(context.endpoint, factory(results).token_implementation(), "latest")

    def book_implementation(results: Results) -> str:
        if parts.factory is None:
            return _made(results, "RuleBook")
        return read(context.endpoint, factory(results).rule_book_implementation(), "latest")

    def create(results: Results) -> Call:
        return factory(results).create_token(terms, me, registry(results), {me: TOKEN_POWERS}, _salt(terms))

    def token(results: Results) -> str:
        return factory(results).token_place(implementation(results), me, create(results))

    def book(results: Results) -> RuleBook:
        return RuleBook(factory(results).rule_book_place(book_implementation(results), token(results)))

    def code_hash(results: Results) -> bytes:
        return keccak(clone_runtime(implementation(results)))

    me = context.sender
    if parts.registry is None:
        steps.append(Step(_key("IdentityRegistry"), "IdentityRegistry", new_registry(me, {me: Power.ADMIT})))
        steps.append(
            Step(
                "trust",
                "Registry trusts the token's code",
                lambda r: IdentityRegistry(registry(r)).trust_code(code_hash(r), True),
            )
        )
    steps.append(Step(f"token:{terms.symbol}", f"Token {terms.symbol}", create))
    if terms.role_matrix:
        matrix = matrix_bits(terms.role_matrix)
        steps.append(
            Step(
                f"role-matrix:{terms.symbol}",
                "Token takes the role matrix",
                lambda r: AssetToken(token(r)).set_role_matrix(matrix),
            )
        )
    steps += [_rule_step(terms, name, shown, book) for name, shown, _ in rules_of(terms, RuleBook(ZERO))]
    steps.append(
        Step(
            f"bind:{terms.symbol}",
            "Registry pushes to the token",
            lambda r: IdentityRegistry(registry(r)).bind_token(token(r)),
        )
    )
    return steps


def _rule_step(terms: AssetTerms, name: str, shown: str, book: Callable[[Results], RuleBook]) -> Step:
    def late(results: Results) -> Call:
        return next(call for rule, _, call in rules_of(terms, book(results)) if rule == name)

    return Step(f"rule:{terms.symbol}:{name}", f"Rule {name}: {shown}", late)


def _deploy_step(name: str) -> Step:
    def late(results: Results) -> Deploy:
        needs = {
            "AssetToken": ("AssetTokenControl",),
            "AssetFactory": ("AssetToken", "RuleBook"),
        }.get(name, ())
        given = {need: _made(results, need) for need in needs}
        creation = artifacts.load(name).creation
        return Deploy(name, creation + encode(["address"] * len(given), list(given.values())), given)

    early = name not in ("AssetToken", "AssetFactory")
    return Step(_key(name), f"Contract {name}", late({}) if early else late)


def _key(name: str) -> str:
    """Another build is another contract."""
    return f"contract:{name}:{keccak(artifacts.load(name).creation).hex()[:16]}"


def _made(results: Results, name: str) -> str:
    receipt = results[_key(name)]
    if receipt.contract is None:
        raise TransactionFailed(f"The node names no address for {name}.", why=receipt.tx_hash)
    return receipt.contract


def _salt(terms: AssetTerms) -> bytes:
    return keccak(b"hashkit.token/1:" + terms.symbol.encode())


def _token_address(context: Context, factory: AssetFactory, terms: AssetTerms, registry: str) -> str:
    me = context.sender
    query = factory.token_address(me, terms, me, registry, {me: TOKEN_POWERS}, _salt(terms))
    return read(context.endpoint, query, "latest")


def _guesses(steps: tuple[Step, ...]) -> list[Guess]:
    usual = {"AssetToken": 3_400_000, "AssetFactory": 900_000}
    found: list[Guess] = []
    for step in steps:
        action = step.action if isinstance(step.action, Deploy) else None
        small = step.key.startswith(("rule:", "role-matrix:"))
        found.append((action, 90_000 if small else usual.get(step.title.removeprefix("Contract "), 400_000)))
    return found


def _lines(terms: AssetTerms, parts: Parts) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    if parts.factory is None:
        lines.append(("+", "implementations", "AssetToken in two halves, RuleBook; factory, lens"))
    lines.append(("=" if parts.registry else "+", "IdentityRegistry", parts.registry or "who may hold; shared"))
    cap = f"cap {terms.cap.show()}" if terms.cap else "no cap"
    lines.append(("+", "AssetToken", f'"{terms.name}" {terms.symbol}, {terms.decimals} decimals, {cap}'))
    rules = [f"mode {terms.mode}"]
    if terms.role_matrix:
        rules.append(matrix_words(matrix_bits(terms.role_matrix)))
    if terms.countries:
        rules.append(f"{len(terms.countries)} countries")
    if terms.classes:
        rules.append("/".join(c.label for c in terms.classes))
    lines.append(("", "rules", ", ".join(rules)))
    most = terms.max_units_per_investor
    limits = [f"max-units-per-investor {most.show()}"] if most else []
    limits += [f"{name} {shown}" for name, shown, _ in rules_of(terms, RuleBook(ZERO))]
    lines += [("" if n else "+", "" if n else "RuleBook", limit) for n, limit in enumerate(limits)]
    return lines


def _checks(context: Context, terms: AssetTerms) -> tuple[Check, ...]:
    """An oracle that is no contract answers nothing, which refuses every issue and every move."""
    oracle = terms.sanctions_oracle
    if oracle is None:
        return ()
    there = bool(code_at(context.endpoint, oracle, "latest"))
    return (Check("ORACLE", there, f"no contract at the sanctions oracle {oracle}", "Mend sanctions_oracle."),)


def _single_key(context: Context, told: bool) -> tuple[Check, ...]:
    """Whoever has the deploying key could do everything alone; where money is at stake that must be meant."""
    if not context.network.main:
        return ()
    text = f"one key, {context.sender}, would own the token and hold every power over it"
    fix = "Say that it is meant: --single-key, or single_key=True. Then grant powers to others and revoke its own."
    return (Check(SINGLE_KEY, told, text, fix),)


def _warnings(context: Context) -> tuple[str, ...]:
    if context.network.dev:
        return ()
    return (f"{context.sender} becomes owner and only agent: one key holds every power. The contracts are unaudited.",)


def _record(context: Context, terms: AssetTerms, parts: Parts, outcome: Outcome) -> Deployment:
    """Reads what now stands on chain and writes the record."""
    results, endpoint = outcome.results, context.endpoint
    factory = AssetFactory(parts.factory or _made(results, "AssetFactory"))
    registry = parts.registry or _made(results, "IdentityRegistry")
    address = _token_address(context, factory, terms, registry)
    receipt = results[f"token:{terms.symbol}"]
    token = AssetToken(address)
    implementation = read(endpoint, factory.token_implementation(), "latest")
    control = read(endpoint, AssetToken(implementation).control(), "latest")
    born = read(endpoint, token.deployed_block(), "latest")
    contracts = {
        "AssetToken": _contract(context, address, receipt.tx_hash, implementation, control, _arguments(terms)),
        "AssetTokenControl": _contract(context, control, _tx(results, "AssetTokenControl", parts, context)),
        "AssetFactory": _contract(context, factory.address, _tx(results, "AssetFactory", parts, context)),
        "Lens": _contract(context, parts.lens or _made(results, "Lens"), _tx(results, "Lens", parts, context)),
        "IdentityRegistry": _registry_contract(context, parts, registry, results),
    }
    book = read(endpoint, token.compliance(), "latest")
    if book != ZERO:
        pattern = read(endpoint, factory.rule_book_implementation(), "latest")
        contracts["RuleBook"] = _contract(context, book, receipt.tx_hash, pattern)
    deployment = Deployment(
        chain_id=context.network.chain_id,
        asset=DeployedAsset(symbol=terms.symbol, name=terms.name, decimals=terms.decimals),
        deployed_at=DeployedAt(block=born, hash=block(endpoint, born).hash),
        contracts=contracts,
    )
    deployment.write(context.project)
    return deployment


def _tx(results: Results, name: str, parts: Parts, context: Context) -> str:
    if parts.factory is None:
        return results[_key(name)].tx_hash
    return shared_contracts(context.project, context.network.chain_id, name)[0].transaction


def _registry_contract(context: Context, parts: Parts, registry: str, results: Results) -> Contract:
    if parts.registry is not None:
        return shared_contracts(context.project, context.network.chain_id, "IdentityRegistry")[0]
    me = context.sender
    arguments = new_registry(me, {me: Power.ADMIT}).arguments
    return _contract(context, registry, results[_key("IdentityRegistry")].tx_hash, arguments=dict(arguments))


def _contract(
    context: Context,
    address: str,
    transaction: str,
    implementation: str | None = None,
    control: str | None = None,
    arguments: dict[str, Any] | None = None,
) -> Contract:
    def hashed(at: str | None) -> str | None:
        return None if at is None else "0x" + keccak(code_at(context.endpoint, at, "latest")).hex()

    return Contract(
        address=address,
        transaction=transaction,
        code_hash=hashed(address) or "",
        implementation=implementation,
        implementation_code_hash=hashed(implementation),
        control_code_hash=hashed(control),
        arguments=arguments or {},
    )


def _arguments(terms: AssetTerms) -> dict[str, Any]:
    return {"terms": terms.to_dict()}
