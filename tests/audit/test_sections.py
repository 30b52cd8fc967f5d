"""The period, the files and the ladder of a report: sums that must agree with the register and with each other."""

from __future__ import annotations

from eth_utils import keccak

from hashkit.audit.inputs import read as parse
from hashkit.audit.inputs import take
from hashkit.audit.report import write
from hashkit.audit.sections import TIMELINES
from hashkit.domain.parties import Power
from hashkit.rpc.blocks import block
from tests.audit.conftest import ref
from tests.audit.planted import A, B, C, D, Ground, by_contract
from tests.audit.world import ISSUER, KEYS


def test_a_period_opens_with_what_the_register_was_then(ground: Ground) -> None:
    before = ground.audit()
    opened = before.block.number
    ground.world.do(ground.world.token.redeem(B, 2_000, keccak(b"R-2")))
    ground.world.do(ground.world.token.burn(A, 300, ref("judgment")))
    result = ground.audit(since=opened)
    period = result.sections.roll_forward
    assert (period.block, period.opening) == (opened, before.figures.accounted)
    assert (period.issued, period.redeemed, period.court_burnt, period.raw_burnt) == (0, 2_000, 300, 0)
    assert period.opening + period.issued - period.redeemed - period.court_burnt == period.closing
    whole = before.sections.roll_forward
    assert (whole.block, whole.opening, whole.issued, whole.redeemed) == (0, 0, 18_000, 1_000)
    assert result.to_dict()["rollForward"]["closing"] == "147.00"


def test_a_period_begins_before_the_first_second_of_its_day(ground: Ground) -> None:
    last = block(ground.world.endpoint, "latest").timestamp
    ground.world.endpoint.call("evm_setNextBlockTimestamp", (last - last % 86_400 + 86_400,))  # midnight
    ground.world.do(ground.world.token.redeem(B, 100, keccak(b"R-3")))
    period = ground.audit(since="2031-03-04").sections.roll_forward
    assert (period.opening, period.redeemed, period.closing) == (17_000, 100, 16_900)


def test_new_agents_of_a_period_are_told(ground: Ground) -> None:
    opened = ground.audit().block.number
    by_contract(ground.world, ground.world.token.grant_powers(D, Power.PAUSE))
    ground.world.do(ground.world.token.pause(True, ref("x")), KEYS[D])
    ground.files.pop("expected")
    found = next(one for one in ground.audit(since=opened).findings if one.id == "C20")
    assert found.result == "note" and f"{D} first acted" in found.evidence[0]


def test_three_ways_agree_on_a_clean_register_and_name_the_paper_that_does_not(ground: Ground) -> None:
    found = ground.audit().sections.three_way
    assert found is not None and found.differences == 0 and found.by_amount == 0
    assert (found.issued_chain, found.issued_file) == (18_000, 18_000)
    assert (found.redeemed_chain, found.redeemed_ledger) == (1_000, 1_000)
    assert [row.external_id for row in found.rows] == ["S-1", "S-2", "S-3", "R-1"]
    ground.files["issues"] += "S-4,,7.00,100,HKD,P-4\n".replace(",,", f",{C},")
    ground.put("payments", "S-2,2031-03-03,5000", "S-2,2031-03-03,4999")
    ground.put("payments", "R-1,", "R-9,")
    broken = ground.audit().sections.three_way
    assert broken is not None and broken.by_amount == 3  # with another row it is no longer the order's file
    told = {row.external_id: row.difference for row in broken.rows if row.difference}
    assert told.pop("S-4") == "not issued, not paid" and told.pop("S-2") == "other money"
    assert told.pop("R-9") == "not redeemed" and list(told.values()) == ["not paid"]


def test_without_files_nothing_is_compared_and_the_result_says_so(ground: Ground) -> None:
    ground.files.clear()
    result = ground.audit()
    assert result.sections.three_way is None and [row.kind for row in result.sections.files] == ["journal"]
    why = {found.id: found.text for found in result.findings if found.result == "not performed"}
    assert set(why) == {"C14", "C15", "C16", "C20", "C23", "C25"}
    assert all(" given" in text for text in why.values()), why


def test_investors_and_the_ladder_add_up_to_the_register(ground: Ground) -> None:
    world = ground.world
    world.do(world.registry.link(A, ISSUER.address))
    world.do(world.token.transfer(ISSUER.address, 400), KEYS[A])
    world.do(world.registry.renew(C, block(world.endpoint, "latest").timestamp + 40 * 86_400, ref("r")))
    result = ground.audit()
    parts = result.sections
    assert sum(one.raw for one in parts.investors) == result.figures.accounted
    assert next(one.wallets for one in parts.investors if len(one.wallets) > 1) == tuple(sorted((A, ISSUER.address)))
    assert len(parts.investors) == len(result.holders) - 1
    assert {step.span: step.holders for step in parts.ladder if step.holders} == {"within 60 days": 1, "later": 4}
    assert sum(step.raw for step in parts.ladder) == result.figures.accounted


def test_freezes_and_documents_are_those_of_the_block(ground: Ground) -> None:
    world = ground.world
    world.do(world.token.set_frozen_tokens(A, 250, ref("court")))
    world.do(world.token.set_address_frozen(B, True, ref("court")))
    name = b"terms".ljust(32, b"\0")
    world.do(world.token.set_document(name, "https://example.org/1", keccak(b"1"), ref("d")))
    world.do(world.token.set_document(name, "https://example.org/2", keccak(b"2"), ref("d")))
    world.do(world.token.set_document(b"gone".ljust(32, b"\0"), "https://example.org/x", keccak(b"x"), ref("d")))
    world.do(world.token.remove_document(b"gone".ljust(32, b"\0"), ref("d")))
    result = ground.audit()
    assert {row.account: (row.whole, row.amount) for row in result.sections.freezes} == {
        A: (False, "2.50"),
        B: (True, "0.00"),
    }
    (document,) = result.sections.documents
    assert (document.name, document.uri) == ("terms", "https://example.org/2")
    assert len(result.timeline("documents")) == 4 and len(result.timeline("stops")) == 4
    assert {row.kind for row in result.acts} <= set().union(*TIMELINES.values())


def test_the_same_files_give_the_same_bytes(ground: Ground, tmp_path) -> None:
    first, second = (write(ground.audit(), tmp_path / name) for name in "ab")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_names_do_not_go_into_the_evidence(ground: Ground, tmp_path) -> None:
    file = tmp_path / "investors.csv"
    head, *rows = ground.files["register"].splitlines()
    rows = [row.replace("Person B", " person  a") + f",{n}@example.org" for n, row in enumerate(rows)]
    file.write_text("\n".join([head + ",email", *rows]) + "\n")
    (given,) = take({"register": [file]})
    assert b"erson " in given.data and b"Person" not in given.data and b"example" not in given.data
    (read,) = [inputs.register for inputs in [parse([given], 2)]]
    assert read is not None and [row.wallet for row in read] == [row.split(",")[1] for row in rows]
    assert read[0].name == read[1].name != read[2].name and len({row.email for row in read}) == len(rows)
