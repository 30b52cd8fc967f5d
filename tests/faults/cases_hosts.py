"""F32 to F34, F39 and F40: what other processes, hosts, files and the contract's owner can do."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from random import Random

from hashkit.contracts.asset_token import AssetToken
from tests.faults import faults as f
from tests.faults.cases_node import SEND, ends, fails, named, passes
from tests.faults.world import ISSUER, OTHER, ROWS, Case, Commands, rows_file

# F32 two at once


@named("F32-two-processes")
def _(case: Case, rng: Random) -> None:
    other = Commands()
    try:
        out = case.folder / "other"
        case.start()
        other.start(["issue", "rows.csv", "--json"], case.folder, out, **case.request())
        mine, theirs = case.world.commands.wait(), other.wait()
    finally:
        other.close()
    assert (mine.code, theirs.code) == (0, 0), (mine.err, theirs.err)
    case.cured()


def _two_hosts(account: str, approved: bool = False) -> Callable[[Case, Random], None]:
    def play(case: Case, rng: Random) -> None:
        """The other host has the same order and its own journal: each ends clearly, no row is doubled."""
        there = case.folder.parent / "host"
        shutil.copytree(case.world.template, there)
        words = ["issue", "rows.csv", "--json"]
        if approved:
            words += ["--approval", "approval.json"]
            by = {"env": {"HASHKIT_ACCOUNT": "dev9"}}
            assert case.run("order", "approve", "rows.csv", "--out", "approval.json", **by).code == 0
            shutil.copy(case.folder / "approval.json", there)
        other = Commands()
        try:
            case.start(*(word for word in words if word != "--json"))
            time.sleep(rng.uniform(0, 0.5))
            request = case.request(env={"HASHKIT_ACCOUNT": account})
            other.start(words, there, there / "run", **request)
            mine, theirs = case.world.commands.wait(), other.wait()
            for ran in (mine, theirs):
                ends(ran, 0, 3, 4, 6, 10)
            other.start(words, there, there / "again", **request)
            again = other.wait()
            assert again.code == 0, again.err
        finally:
            other.close()
        case.cured(foreign=None)

    return play


named("F32-two-hosts-one-key")(_two_hosts("issuer"))
named("F32-two-hosts-two-keys")(_two_hosts("dev9"))
named("F32-two-hosts-one-approved-order")(_two_hosts("dev9", approved=True))


# F33 the same file, and others


@named("F33-same-and-reordered")
def _(case: Case, rng: Random) -> None:
    passes(case)
    lines = rows_file().splitlines()
    body = lines[1:]
    rng.shuffle(body)
    (case.folder / "rows.csv").write_text("\n".join([lines[0], *body]) + "\n", "utf-8")
    case.cured()


@named("F33-edited")
def _(case: Case, rng: Random) -> None:
    assert case.run(fault=f"between-chunks@{2 + rng.randrange(2)}:kill").code == -9
    whole, number = rows_file(), rng.randrange(1, ROWS)
    lines = whole.splitlines()
    cells = lines[number].split(",")
    lines[number] = f"{cells[0]},{cells[1]},7"
    (case.folder / "rows.csv").write_text("\n".join(lines) + "\n", "utf-8")
    error = fails(case, 2, "ROW_CHANGED")
    assert cells[0] in str(error)
    (case.folder / "rows.csv").write_text(whole, "utf-8")
    case.cured()


# F34 the contract says no in the middle


def _stopped(on: Callable[[Case, bool], None], point: str) -> Callable[[Case, Random], None]:
    def play(case: Case, rng: Random) -> None:
        case.proxy.script(point, f.first(lambda e: on(case, True)), skip=1 + rng.randrange(2))
        ran = case.run()
        ends(ran, 3, 6, 10)
        assert ran.error["message"] and ran.error["hint"], ran.error
        on(case, False)
        case.cured()

    return play


def _halt(case: Case, on: bool) -> None:
    # Going on after a halt is the owner's word, who is the issuer: the journal takes it in.
    case.act(AssetToken(case.world.token).halt(on, b"\x01" * 32), by=OTHER if on else ISSUER)


for _where, _point in (("rehearsal", "eth_estimateGas"), ("block", SEND)):
    named(f"F34-halted-{_where}")(_stopped(_halt, _point))
    named(f"F34-kyc-{_where}")(_stopped(lambda case, on: case.standing(not on), _point))


@named("F34-role-revoked")
def _(case: Case, rng: Random) -> None:
    """The issuing key loses its power in the middle, by the owner's hand; it gets it back and goes on."""
    case.account = "dev9"
    case.proxy.script(SEND, f.first(lambda e: case.powers(OTHER, False)), skip=1 + rng.randrange(2))
    ran = case.run()
    ends(ran, 3, 4, 6, 10)
    case.powers(OTHER, True)
    case.cured()


# F39 other code


def _swap(contract: str) -> Callable[[Case, Random], None]:
    def play(case: Case, rng: Random) -> None:
        address = case.world.contracts[contract]
        code = case.chain.ask("eth_getCode", address, "latest")
        # A byte behind the end never runs: the contract behaves as before, but it is another one.
        other = code + "00"
        swap = f.first(lambda e: case.chain.ask("anvil_setCode", address, other))
        case.proxy.script(SEND, swap, skip=rng.randrange(2))
        ran = case.run()
        ends(ran, 6, 8)
        assert "code" in ran.err, ran.err
        case.chain.ask("anvil_setCode", address, code)
        case.cured()

    return play


for _contract in ("AssetToken", "IdentityRegistry"):
    named(f"F39-{_contract}")(_swap(_contract))


# F40 the sequencer stands still


@named("F40-late-inclusion")
def _(case: Case, rng: Random) -> None:
    """It halts with a chunk in its queue; another key issues the order; the late chunk comes, and reverts."""
    assert case.run(fault=f"between-chunks@{1 + rng.randrange(2)}:kill").code == -9
    case.proxy.pool.closed, case.wait = True, 1.0
    assert case.run().code == 10
    there = case.folder.parent / "host"
    shutil.copytree(case.world.template, there)
    env = {"HASHKIT_ACCOUNT": "dev9", "HASHKIT_RPC_URL": case.world.url}
    patient = {**case.request(), "env": env, "wait": 60.0}
    case.world.commands.start(["issue", "rows.csv", "--json"], there, there / "run", **patient)
    ran = case.world.commands.wait()
    assert ran.code == 0, (ran.out, ran.err)
    late = len(case.proxy.pool.held)
    assert late == 1
    case.proxy.pool.closed, case.wait = False, 60.0
    case.proxy.pool.advance()
    case.cured()
