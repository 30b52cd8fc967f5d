"""An audit from an address alone says what an independent reading of the chain says, and sees planted faults."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from eth_abi import encode
from eth_utils import keccak

from hashkit.audit import AuditResult, audit, render, write
from hashkit.audit.report import FORMATS
from hashkit.audit.words import clean
from hashkit.contracts.abi import table
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import clone_runtime
from hashkit.domain.units import Units
from hashkit.errors import InputError, NodeError, RpcError
from hashkit.rpc.client import Endpoint
from hashkit.rpc.reads import read
from tests.audit.conftest import Liar, live, ref, url_of
from tests.audit.world import EXECUTOR, ISSUER, KEYS, NETWORK, TERMS, WALLETS, World, admission, investor

IDS = [f"C{n:02}" for n in range(1, 27)]
_PLAIN = ("C01", "C02", "C03", "C05", "C06", "C07", "C24")  # what any ERC-20 lets us check


def results(result: AuditResult) -> dict[str, str]:
    return {finding.id: finding.result for finding in result.findings}


def run(world: World, endpoint: Endpoint | None = None, **more) -> AuditResult:
    return audit(endpoint or world.endpoint, NETWORK, world.token.address, **more)


@pytest.mark.parametrize("engine", ["anvil", "py-evm"])
def test_a_random_history_replays_to_what_receipts_and_contracts_say(fresh_chain, engine):
    world = World(Endpoint(fresh_chain(engine), chain_id=31337)).deploy()
    world.issue([(wallet, 100_000) for wallet in WALLETS])
    assert live(world, seed=7, steps=60 if engine == "anvil" else 30) > 10
    result = run(world)
    found = world.second_reading(result.block.number)
    assert {h.wallet: h.raw for h in result.holders} == found.held()
    assert result.figures.minted - result.figures.burnt == found.supply == result.figures.reported
    assert {h.wallet for h in result.holders if h.frozen} == found.frozen & set(found.held())
    assert {h.wallet: h.valid_until for h in result.holders} == {w: found.valid[w] for w in found.held()}
    assert sum(row.kind in ("forced", "freeze", "stop", "raw supply") for row in result.acts) == found.acts
    verdicts = results(result)
    assert list(verdicts) == IDS
    for check in ("C01", "C02", "C03", "C04", "C05", "C08", "C10", "C21", "C22"):
        assert verdicts[check] == "pass", (check, result.findings)


def test_two_audits_of_one_block_are_equal_byte_for_byte(world, tmp_path):
    live(world, seed=3, steps=15)
    block = run(world).block.number
    first = write(run(world, at=block), tmp_path / "a")
    world.endpoint.call("evm_mine", [])
    other = Endpoint(url_of(world).replace("127.0.0.1", "localhost"), chain_id=31337)
    second = write(run(world, other, at=block), tmp_path / "b")
    assert {p.relative_to(tmp_path / "a").as_posix() for p in first} > {
        "report.html", "report.xlsx", "audit.json", "report.txt", "tables/register.csv", "tables/register.parquet",
    }  # fmt: skip
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name
    assert render(run(world, at=block)) == {
        p.relative_to(tmp_path / "a").as_posix(): p.read_bytes() for p in first
    }


def test_an_audit_at_an_earlier_block_knows_nothing_of_what_came_later(world):
    block = run(world).block
    world.do(world.token.redeem(WALLETS[0], 10_000, ref("later")))
    assert {h.wallet: h.raw for h in run(world, at=block.number).holders} == {WALLETS[0]: 10_000, WALLETS[1]: 5_000}
    now = run(world)
    assert [h.wallet for h in now.holders] == [WALLETS[1]]
    assert [wallet for wallet, *_ in now.former] == [WALLETS[0]]


def test_with_an_event_store_only_new_blocks_are_read_again(world, tmp_path):
    live(world, seed=11, steps=10)
    kept = run(world, store=tmp_path / "store")
    world.do(world.token.redeem(WALLETS[1], 1, ref("new")))
    asked = []

    def twist(method, params, answer):
        if method == "eth_getLogs":
            asked.append(int(params[0]["fromBlock"], 16))
        return answer

    again = run(world, Liar(url_of(world), twist), store=tmp_path / "store")
    assert asked and min(asked) > kept.block.number
    assert again.to_dict() == run(world).to_dict()
    earlier = run(world, at=kept.block.number, store=tmp_path / "store")
    assert earlier.to_dict() == kept.to_dict()


def test_a_store_of_a_replaced_history_is_read_again(world, tmp_path):
    point = world.endpoint.call("evm_snapshot")
    world.do(world.token.redeem(WALLETS[1], 1, ref("gone")))
    run(world, store=tmp_path)
    world.endpoint.call("evm_revert", [point])
    world.do(world.token.redeem(WALLETS[1], 2, ref("stays")))
    result = run(world, store=tmp_path)
    assert result.to_dict() == run(world).to_dict() and result.figures.redeemed == 2


# Planted faults


def test_a_node_that_swells_the_total_supply_is_an_exception(world):
    supply = "0x" + (15_001).to_bytes(32, "big").hex()

    def twist(method, params, answer):
        return supply if method == "eth_call" and params[0]["data"] == "0x18160ddd" else answer

    result = run(world, Liar(url_of(world), twist))
    verdicts = results(result)
    assert result.exceptions and (verdicts["C01"], verdicts["C03"]) == ("exception", "exception")
    assert verdicts["C02"] == "pass"
    assert "difference -0.01" in next(f.text for f in result.findings if f.id == "C01")


def test_a_node_that_hides_a_range_of_events_is_an_exception(world):
    world.do(world.token.transfer(WALLETS[2], 2_500), KEYS[WALLETS[0]])
    hidden = run(world).block.number

    def twist(method, params, answer):
        if method != "eth_getLogs":
            return answer
        return [log for log in answer if int(log["blockNumber"], 16) != hidden]

    result = run(world, Liar(url_of(world), twist))
    verdicts = results(result)
    assert verdicts["C02"] == "exception"
    lines = next(f.evidence for f in result.findings if f.id == "C02")
    assert lines == tuple(f"{WALLETS[0]}: replayed 100.00, {who} 75.00" for who in ("contract", "proved"))
    hidden_holder = next(f for f in result.findings if f.id == "C01")
    assert hidden_holder.result == "exception"
    assert hidden_holder.text.endswith("proved balances 125.00, proved supply 150.00")


def test_a_node_that_lies_about_one_balance_is_an_exception(world):
    asked = "0x70a08231" + WALLETS[1][2:].lower().rjust(64, "0")

    def twist(method, params, answer):
        return "0x" + "00" * 31 + "07" if method == "eth_call" and params[0]["data"] == asked else answer

    assert results(run(world, Liar(url_of(world), twist)))["C02"] == "exception"


def test_a_node_that_gives_a_log_twice_is_refused(world):
    def twist(method, params, answer):
        return [*answer, answer[-1]] if method == "eth_getLogs" and answer else answer

    with pytest.raises(NodeError):
        run(world, Liar(url_of(world), twist))


def test_a_node_out_of_breath_is_an_error_and_no_finding(world):
    def twist(method, params, answer):
        if method == "eth_call" and params[0]["data"] == "0x18160ddd":
            raise RpcError(method, -32005, "limit exceeded")
        return answer

    with pytest.raises(RpcError):
        run(world, Liar(url_of(world), twist))


def test_a_chain_that_replaces_the_block_under_the_audit_is_refused(world):
    seen = []

    def twist(method, params, answer):
        if method == "eth_getBlockByNumber" and isinstance(answer, dict):
            seen.append(1)
            return {**answer, "hash": "0x" + "ab" * 32} if len(seen) > 5 else answer
        return answer

    with pytest.raises(NodeError, match=r"replaced|changed"):
        run(world, Liar(url_of(world), twist))


def test_changed_code_is_an_exception(world):
    implementation = world.endpoint.call("eth_getCode", (world.token.address, "latest"))[22:62]
    code = world.endpoint.call("eth_getCode", ("0x" + implementation, "latest"))
    patched = code[:-2] + ("00" if code[-2:] != "00" else "01")
    world.endpoint.call("anvil_setCode", ("0x" + implementation, patched))
    assert results(run(world))["C08"] == "exception"


def test_another_registry_behind_a_clone_of_ours_is_an_exception(world):
    """A registry is no clone: code that only hands on to ours is not ours."""
    ours = world.new_registry().address
    world.endpoint.call("anvil_setCode", (world.registry.address, "0x" + clone_runtime(ours).hex()))
    finding = next(f for f in run(world).findings if f.id == "C08")
    assert (finding.result, finding.text) == ("exception", "other code: identity registry")


def test_a_fallback_into_another_half_is_an_exception(world):
    """The view control() may name our half while the fallback runs another: both places are compared."""
    implementation = "0x" + world.endpoint.call("eth_getCode", (world.token.address, "latest"))[22:62]
    code = world.endpoint.call("eth_getCode", (implementation, "latest"))
    control = world.endpoint.call(
        "eth_call", ({"to": world.token.address, "data": "0x" + keccak(b"control()")[:4].hex()}, "latest")
    )[26:]
    assert code.count(control) == 2
    place = code.rindex(control)
    world.endpoint.call("anvil_setCode", (implementation, code[:place] + "11" * 20 + code[place + 40 :]))
    finding = next(f for f in run(world).findings if f.id == "C08")
    assert (finding.result, finding.text) == ("exception", "other code: token, rare half")


def test_units_that_came_from_nowhere_are_an_exception(world):
    """The chain's own storage is forged: no event says so."""
    for slot in range(12):
        key = "0x" + keccak(bytes.fromhex(WALLETS[1][2:]).rjust(32, b"\0") + slot.to_bytes(32, "big")).hex()
        word = int(world.endpoint.call("eth_getStorageAt", (world.token.address, key, "latest")), 16)
        if word & (2**128 - 1) == 5_000:
            break
    forged = (word + 1).to_bytes(32, "big").hex()
    world.endpoint.call("anvil_setStorageAt", (world.token.address, key, "0x" + forged))
    world.endpoint.call("evm_mine", [])
    assert results(run(world))["C02"] == "exception"


# What the checks say of honest chains


def test_holders_who_are_not_verified_are_listed(world):
    world.do(world.registry.renew(WALLETS[0], 1, ref("r")))
    world.do(world.registry.deny(WALLETS[1], True, ref("d")))
    finding = next(f for f in run(world).findings if f.id == "C09")
    assert finding.result == "exception" and finding.text == "0 of 2"
    assert [line.split(": ")[1].split(" since")[0] for line in finding.evidence] in (
        ["expired", "denied"],
        ["denied", "expired"],
    )


def test_a_forced_transfer_without_a_paper_is_an_exception_a_freeze_a_note(world):
    world.do(world.token.set_address_frozen(WALLETS[0], True, bytes(32)))
    assert results(run(world))["C13"] == "note"
    world.do(world.token.forced_transfer(WALLETS[1], WALLETS[2], 1, bytes(32)))
    assert results(run(world))["C13"] == "exception"


def test_raw_supply_is_told_apart_from_orders(world):
    entry = table("function", "AssetTokenControl")["mint(address,uint256)"]
    data = entry.selector + encode(entry.inputs, [WALLETS[3], 777])
    world.do(Call(world.token.address, data, "AssetToken", "mint"))
    result = run(world)
    assert (result.figures.issued, result.figures.raw_minted) == (15_000, 777)
    finding = next(f for f in result.findings if f.id == "C04")
    assert finding.result == "note" and "minted 7.77" in finding.evidence[0]


def test_a_token_whose_units_never_moved_is_green_in_nothing_about_movements(fresh_chain):
    still = World(Endpoint(fresh_chain("anvil"), chain_id=31337)).deploy()
    found = results(run(still))
    assert {check for check, word in found.items() if word == "pass"} == {"C01", "C03", "C08", "C22"}
    assert found["C04"] == found["C05"] == found["C10"] == found["C21"] == "not performed"


def test_powers_say_when_one_key_can_issue_alone(world):
    finding = next(f for f in run(world).findings if f.id == "C18")
    assert finding.result == "note" and "1 agent can both approve and execute" in finding.text
    assert any(EXECUTOR.address in line and line.endswith("issue") for line in finding.evidence)
    assert results(run(world))["C19"] == "note"


def test_a_replaced_registry_is_read_from_its_own_beginning(world):
    """Short slot delays exist on the devnet only."""
    second = world.new_registry()
    world.do(second.admit([admission(w, n + 50) for n, w in enumerate(WALLETS[:2])], ref("p")))

    def call(signature: str, *addresses: str) -> None:
        data = keccak(signature.encode())[:4] + encode(["address"] * len(addresses), list(addresses))
        world.send(world.token.address, data)

    call("setIdentityRegistry(address)", second.address)
    world.endpoint.call("evm_increaseTime", [90_000])
    world.endpoint.call("evm_mine", [])
    call("applyIdentityRegistry()")
    result = run(world)
    assert [h.investor for h in result.holders] == [investor(50), investor(51)]
    assert sorted(result.population.contracts.values()) == ["identity registry", "identity registry", "token"]
    assert results(result)["C09"] == "pass" and results(result)["C06"] == "note"


def test_the_rule_book_is_read_and_compared(fresh_chain):
    terms = replace(TERMS, max_units_per_investor=Units.of("500", 2))
    world = World(Endpoint(fresh_chain("anvil"), chain_id=31337)).deploy(terms)
    world.issue([(WALLETS[0], 50_000)])
    result = run(world)
    assert dict(result.rules)["max units per investor"] == "500.00"
    assert any(part.artifact == "RuleBook" and part.same for part in result.code)
    assert not result.exceptions
    book = read(world.endpoint, world.token.compliance(), "latest")
    code = world.endpoint.call("eth_getCode", (book, "latest"))
    assert code[-40:] == world.token.address[2:].lower()
    for other in (code[:-1] + ("0" if code[-1] != "0" else "1"), code[:-40], code + "00"):
        world.endpoint.call("anvil_setCode", (book, other))
        assert not any(part.same for part in run(world).code if part.artifact == "RuleBook"), "bound to another token"


# Strangers


def test_no_contract_at_the_address_is_said_plainly(world):
    with pytest.raises(InputError) as refused:
        audit(world.endpoint, NETWORK, WALLETS[5])
    assert refused.value.code == "NO_CONTRACT"


def test_a_wrong_chain_is_refused(world):
    with pytest.raises(NodeError) as refused:
        audit(Endpoint(url_of(world)), replace(NETWORK, chain_id=177), world.token.address)
    assert refused.value.code == "WRONG_CHAIN"


def test_a_contract_that_is_no_token_gets_a_report_that_says_so(world, tmp_path):
    result = audit(world.endpoint, NETWORK, world.factory.address)
    assert "not a token made by hashkit" in result.subject.unread[0]
    assert set(results(result).values()) <= {"note", "not performed"}
    write(result, tmp_path)


def test_a_plain_token_gets_register_and_reconciliation(world, tmp_path):
    """A stranger's ERC-20 by hand: the constructor mints 1000 to the sender and says so in an event."""
    address = world.create_plain_token()
    result = audit(world.endpoint, NETWORK, address)
    assert [(h.wallet, h.raw, h.standing) for h in result.holders] == [(ISSUER.address, 1000, "unknown")]
    verdicts = results(result)
    assert (verdicts["C01"], verdicts["C02"], verdicts["C03"]) == ("pass", "pass", "pass")
    assert all(word == "not performed" for c, word in verdicts.items() if c not in _PLAIN)
    assert "not a token made by hashkit" in (write(result, tmp_path, ["text"])[0]).read_text()


# Reports


def test_the_page_has_no_script_and_asks_nobody(world, tmp_path):
    result = audit(world.endpoint, replace(NETWORK, explorer="https://explorer.test"), world.token.address)
    page = write(result, tmp_path, ["html"])[0].read_text()
    assert "<script" not in page.lower() and " on" + "click" not in page
    assert not re.search(r"(?i)\b(src|srcset|data|poster|action|formaction|background)\s*=", page)
    assert not re.search(r"(?i)url\((?!#)|@import|<link|<iframe|<object|<embed|<base|<img", page)
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert set(re.findall(r'href="([a-z]+)://([^/"]+)', page)) == {("https", "explorer.test")}
    assert "Test &lt;b&gt;&amp; Co&lt;/b&gt;" in page and "<b>& Co" not in page
    assert page.count("<svg") == 8 and page.count('class="chart') == 8
    assert "Contracts unaudited" in page and "attested by one node" in page


def test_an_explorer_that_is_no_web_address_makes_no_link(world, tmp_path):
    result = audit(world.endpoint, replace(NETWORK, explorer="javascript:alert(1)//"), world.token.address)
    assert "javascript:" not in write(result, tmp_path, ["html"])[0].read_text()


def test_a_hostile_name_is_harmless_in_every_file(world, tmp_path):
    name = clean("=1+1\x1b[2J\u202egnp<script>alert(1)</script>")
    result = run(world)
    hostile = replace(result, subject=replace(result.subject, name=name, symbol=clean("@SUM(\x00)")))
    for path in write(hostile, tmp_path, ["html", "csv", "json", "text"]):
        text = path.read_text()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text), path
        if path.suffix == ".html":
            assert "<script" not in text
        if path.suffix == ".csv":
            assert not re.search(r"(?m)(^|,)[=@]", text)


def test_the_json_has_a_schema_and_amounts_are_strings(world, tmp_path):
    body = json.loads(write(run(world), tmp_path, ["json"])[0].read_text())
    assert body["schema"] == "hashkit.audit/1"
    assert body["figures"]["accountedSupply"] == "150.00"
    assert [h["balance"] for h in body["holders"]] == ["100.00", "50.00"]
    assert sum(Decimal(h["share"]) for h in body["holders"]) == Decimal("100.00")


def test_an_unknown_format_is_refused_before_anything_is_written(world, tmp_path):
    with pytest.raises(InputError):
        write(run(world), tmp_path / "out", ["text", "docx"])
    assert not (tmp_path / "out").exists() and "html" in FORMATS


def test_progress_ends_where_it_said_it_would(world):
    told = []
    run(world, on_progress=lambda what, done, of: told.append((what, done, of)))
    last = {what: (done, of) for what, done, of in told}
    assert set(last) >= {"reading events", "asking for balances"} and all(d == o for d, o in last.values())
