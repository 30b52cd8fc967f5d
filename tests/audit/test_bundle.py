"""A saved audit follows from its evidence, offline and byte for byte; whatever is changed in it is found."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from hashkit.audit import audit, save, verify
from hashkit.audit.bundle import FOLDER, MANIFEST, manifest
from hashkit.audit.inputs import Given
from hashkit.audit.verify import verify_files
from hashkit.errors import InputError, NodeError
from hashkit.rpc.client import Endpoint
from tests.audit.conftest import Liar
from tests.audit.forging import files_of, forged, lived, sample
from tests.audit.world import KEYS, NETWORK, WALLETS
from tests.conftest import fresh


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One history on anvil for the whole file: nothing here changes the chain."""
    with fresh("anvil", tmp_path_factory.mktemp("anvil")) as running:
        yield lived(running.url)


@pytest.fixture(scope="module")
def bundle(world, tmp_path_factory) -> tuple[Path, str]:
    """A saved audit and the hash of its block."""
    result = audit(world.endpoint, NETWORK, world.token.address)
    folder = tmp_path_factory.mktemp("bundle") / "out"
    save(result, folder)
    return folder, result.block.hash


def test_a_bundle_is_verified_without_a_node(bundle):
    folder, block_hash = bundle
    found = verify(folder, block_hash)
    assert found.differences == () and found.result is not None and found.result.proof.proved
    assert found.rests_on.startswith("the block hash that you gave")
    assert found.digest == sha256((folder / MANIFEST).read_bytes()).hexdigest()
    alone = verify(folder)
    assert alone.differences == () and f"{block_hash}, which one node attested" in alone.rests_on


def test_the_same_audit_makes_the_same_bundle(world, bundle, tmp_path):
    other = Endpoint(world.endpoint.label.replace("127.0.0.1", "localhost"), chain_id=31337)
    at = verify(bundle[0]).result.block.number
    save(audit(other, NETWORK, world.token.address, at=at, store=tmp_path / "store"), tmp_path / "out")
    assert files_of(tmp_path / "out") == files_of(bundle[0])
    assert all(data.isascii() for name, data in files_of(bundle[0]).items() if name.startswith(FOLDER))


def test_another_block_hash_than_the_reader_knows_is_a_difference(bundle):
    found = verify(bundle[0], "0x" + "11" * 32)
    assert len(found.differences) == 1 and "not the one you named" in found.differences[0]


@pytest.mark.parametrize(("careful", "many"), [(False, 300), (True, 30)])
def test_no_changed_byte_is_accepted(bundle, careful, many):
    """In any file; and in any of the evidence, though the manifest fits it. `make prove PART=evidence` tries 5,000."""
    tried, accepted = sample(files_of(bundle[0]), bundle[1], many, careful=careful)
    assert tried.total() == many and len(tried) >= 4 and accepted.total() == 0, accepted


def test_a_forger_who_writes_everything_anew_fails_at_the_state_root(world, bundle, tmp_path):
    """Evidence, report and manifest are made by the auditor's own program, from a chain with one balance more."""
    point = world.endpoint.call("evm_snapshot")
    world.do(world.token.transfer(WALLETS[4], 1), KEYS[WALLETS[0]])
    save(audit(world.endpoint, NETWORK, world.token.address), tmp_path)
    world.endpoint.call("evm_revert", [point])
    assert verify(tmp_path).differences == ()
    found = verify(tmp_path, bundle[1])
    assert [line for line in found.differences if "not the one you named" in line]


def test_files_that_are_missing_added_or_changed_are_named(bundle, tmp_path):
    folder = tmp_path / "copy"
    for name, data in files_of(bundle[0]).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "report.txt").unlink()
    (folder / "tables" / "register.csv").write_text("wallet,balance\n")
    (folder / "evidence" / "more.txt").write_text("x")
    (folder / "manifest.json.minisig").write_text("a signature may lie here")
    found = verify(folder)
    assert found.differences == (
        "evidence/more.txt is not in the manifest",
        "report.txt is missing",
        "tables/register.csv is not the file of the manifest",
    )


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "a/../../b", "evidence\\..\\x", "", ".", "x" * 300, "con", "a\0b", "link"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(bundle, tmp_path, name):
    (tmp_path / "outside").write_text("secret")
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")
    digest = sha256(b"secret").hexdigest()
    (folder / MANIFEST).write_bytes(manifest({name: digest}, []))
    assert verify(folder).differences
    assert "secret" not in str(verify(folder))


def test_a_folder_of_links_is_refused(bundle, tmp_path):
    (tmp_path / "bundle").mkdir()
    for each in bundle[0].iterdir():
        (tmp_path / "bundle" / each.name).symlink_to(each)
    assert "is a link" in verify(tmp_path / "bundle").differences[0]
    with pytest.raises(InputError):
        verify(tmp_path / "nothing")


HOSTILE = {
    "manifest.json": [b"", b"[", b"[" * 100_000, b'{"files": {"a": 1}}', b"null", b'{"schema": "hashkit.bundle/1"}'],
    "evidence/request.json": [b"", b"{}", b"[" * 100_000, b"9" * 10_000, b'{"first": 1e999}', b"\xff"],
    "evidence/block.json": [b"{}", b'{"number": -1}', b'{"number": 1e400}', b"9" * 5_000],
    "evidence/times.txt": [b"9" * 5_000 + b" 1\n", b"1 1", b"\n", b"00000000000000000001 " + b"9" * 5_000 + b"\n"],
    "evidence/answers.txt": [b"0x 0x\n", b"refused\n" * 100, b"\0" * 100],
    "evidence/logs.txt": [b":" * 50 + b"\n", b"1:2:3:4:5:6:7:8\n", b"9" * 10_000 + b"\n"],
    "evidence/nodes.txt": [b"0x\n", b"0xc0\n", b"0x" + b"f9" * 10_000 + b"\n"],
    "evidence/code.txt": [b"0x00 0x\n"],
    "evidence/receipts.txt": [b"x\n"],
    "evidence/slots.txt": [b"x\n"],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_differences_and_never_a_crash(bundle, name):
    files = files_of(bundle[0])
    for data in HOSTILE[name]:
        hostile = {**files, name: data}
        if name != MANIFEST:
            hostile = forged(files, {name: data})
        found = verify_files(hostile, bundle[1])
        assert found.differences and all(len(line) < 500 for line in found.differences)


def test_hostile_values_in_the_right_places_are_differences(bundle):
    """Well-formed JSON that lies: huge numbers, other kinds, another chain."""
    files = files_of(bundle[0])
    block, request = (json.loads(files[f"evidence/{n}.json"]) for n in ("block", "request"))
    network = request["network"]
    for name, body in [
        ("block", {**block, "timestamp": 10**40}),
        ("block", {**block, "timestamp": block["timestamp"] + 1}),
        ("block", {**block, "number": True}),
        ("block", {**block, "header": None, "number": 2**62, "timestamp": 2**62}),
        ("block", {**block, "witnesses": [{"who": "\x1b[2J", "topic": "block", "agrees": True, "text": ""}]}),
        ("request", {**request, "network": {**network, "chain_id": 10**400}}),
        ("request", {**request, "network": {**network, "finality": "never"}}),
        ("request", {**request, "network": {**network, "rpc_urls": ["http://x"]}}),
        ("request", {**request, "token": "0x" + "99" * 20}),
        ("request", {**request, "given": [{"kind": "register", "name": "x.csv"}]}),
    ]:
        data = (json.dumps(body, sort_keys=True, indent=1) + "\n").encode()
        assert verify_files(forged(files, {f"evidence/{name}.json": data}), bundle[1]).differences, body


def test_files_of_the_auditor_and_a_period_are_part_of_the_evidence(world, tmp_path):
    """They are judged again from the bytes that were given; a changed file is another audit."""
    nav = Given("nav", "nav.csv", b"date,nav,currency\n2026-01-01,1.00,HKD\n")
    since = audit(world.endpoint, NETWORK, world.token.address).block.number - 2
    result = audit(world.endpoint, NETWORK, world.token.address, since=since, files=[nav])
    save(result, tmp_path, names={WALLETS[0]: "Somebody"})
    files = files_of(tmp_path)
    found = verify(tmp_path)
    assert found.differences == () and found.result.to_dict() == result.to_dict()
    assert files["evidence/CONFIDENTIAL-given-0.txt"] == nav.data
    changed = forged(files, {"evidence/CONFIDENTIAL-given-0.txt": nav.data.replace(b"1.00", b"1.01")})
    assert verify_files(changed).differences


def test_times_that_do_not_rise_are_refused(world, bundle):
    files = files_of(bundle[0])
    lines = files["evidence/times.txt"].splitlines(keepends=True)
    number, time = lines[0].split()
    late = b"%s %d\n" % (number, int(time) + 10**6)
    found = verify_files(forged(files, {"evidence/times.txt": b"".join([late, *lines[1:]])}), bundle[1])
    assert found.differences == ("evidence/times.txt is damaged: block times do not rise.",)

    def twist(method, params, answer):
        if method == "eth_getBlockByNumber" and isinstance(answer, dict) and int(answer["number"], 16) == int(number):
            return {**answer, "timestamp": hex(int(time) + 10**6)}
        return answer

    with pytest.raises(NodeError, match="times do not rise"):
        audit(Liar(world.endpoint.label, twist), NETWORK, world.token.address)
