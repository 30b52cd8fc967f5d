"""`hashkit verify` against a stand-in of Blockscout's API on the loopback address."""

from __future__ import annotations

import email
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from hashkit.chain import devnet
from hashkit.contracts import artifacts
from tests.cli.running import Shell
from tests.conftest import free_port


@dataclass
class Blockscout:
    """What the stand-in was told, and how it behaves."""

    verified: set[str] = field(default_factory=set)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    answer: int = 200
    moved_to: str = ""
    slow: bool = False


def parts(handler: BaseHTTPRequestHandler) -> dict[str, Any]:
    """The fields of a multipart form."""
    body = handler.rfile.read(int(handler.headers["content-length"]))
    head = f"content-type: {handler.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body)
    return {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True).decode()
        for part in message.get_payload()
    }


def serve(scout: Blockscout) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def reply(self, status, document):
            self.send_response(status)
            if scout.moved_to:
                self.send_header("location", scout.moved_to)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def do_GET(self):
            scout.questions.append(self.path)
            assert "hashkit" in self.headers["user-agent"]
            if scout.moved_to:
                return self.reply(301, {})
            address = self.path.removeprefix("/api/v2/smart-contracts/")
            if address in scout.verified:
                return self.reply(200, {"is_verified": True, "name": "x"})
            return self.reply(404 if address not in scout.forms else 200, {"message": "Not found"})

        def do_POST(self):
            address = self.path.split("/")[4]
            assert self.path == f"/api/v2/smart-contracts/{address}/verification/via/standard-input"
            if scout.answer != 200:
                return self.reply(scout.answer, {"message": "\u001b[31mno such compiler"})
            scout.forms[address] = parts(self)
            if not scout.slow:
                scout.verified.add(address)
            return self.reply(200, {"message": "Smart-contract verification started"})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    home = tmp_path_factory.mktemp("verify")
    here = Shell(home, home)
    here.ok("init", "project")
    here.folder = home / "project"
    here.ok("devnet", "up", "--port", str(free_port()))
    here.ok("deploy", "HKGREEN")
    yield here
    devnet.down(here.folder)


@pytest.fixture
def explorer(project):
    """A project whose network has this explorer."""
    scout = Blockscout()
    server = serve(scout)
    settings = project.folder / "hashkit.toml"
    before = settings.read_text()
    api = f"http://127.0.0.1:{server.server_address[1]}"
    settings.write_text(f'{before}\n[networks.devnet]\nexplorer = "{api}"\nexplorer_api = "{api}/api"\n')
    yield scout
    settings.write_text(before)
    server.shutdown()
    server.server_close()


def test_both_halves_and_every_implementation_are_published_once(project, explorer):
    done = project.ok("verify", "--json").data
    record = json.loads((project.folder / "deployments/31337/HKGREEN.json").read_text())["contracts"]
    published = {row["contract"]: row for row in done["data"]}
    assert set(published) == set(artifacts.names()) - {"EasAttestations", "HashKeyKyc"}, "no source was deployed"
    assert published["AssetToken"]["address"] == record["AssetToken"]["implementation"]
    assert published["AssetToken"]["clones"] == [record["AssetToken"]["address"]]
    assert published["AssetTokenControl"]["address"] == record["AssetTokenControl"]["address"]
    assert published["IdentityRegistry"]["address"] == record["IdentityRegistry"]["address"]
    assert all(row["state"] == "verified" and row["link"].startswith("http://127.0.0.1") for row in done["data"])

    for row in done["data"]:
        form = explorer.forms[row["address"]]
        artifact = artifacts.load(row["contract"])
        assert form["compiler_version"] == f"v{artifact.compiler}" and form["contract_name"] == row["contract"]
        assert json.loads(form["files[0]"]) == artifact.standard_json()
        creation = project_transaction(project, row["address"], record)
        if creation is not None:
            assert creation == artifact.creation + bytes.fromhex(form["constructor_args"])

    forms = dict(explorer.forms)
    again = project.ok("verify", "--json").data
    assert {row["state"] for row in again["data"]} == {"already"}
    assert explorer.forms == forms


def project_transaction(project, address, record):
    """The bytes that made a contract, where the record names its own transaction."""
    from tests.chain.talk import ask

    url = project.ok("devnet", "status", "--json").data["data"]["running"]["url"]
    head = int(ask(url, "eth_blockNumber"), 16)
    for number in range(1, head + 1):
        for transaction in ask(url, "eth_getBlockByNumber", hex(number), True)["transactions"]:
            receipt = ask(url, "eth_getTransactionReceipt", transaction["hash"])
            if (receipt["contractAddress"] or "").lower() == address.lower():
                return bytes.fromhex(transaction["input"][2:])
    return None


def test_what_is_not_ready_is_exit_code_9(project, explorer, monkeypatch):
    from hashkit.issuer.client import Hashkit
    from hashkit.issuer.verify import publish

    explorer.slow = True
    running = devnet.status(project.folder)
    with_node = Hashkit.connect("devnet", project=project.folder, rpc_url=running.url)
    asset = with_node.asset("HKGREEN")
    states = {p.state for p in publish(asset.context, asset.deployment, wait_seconds=0, pause_seconds=0)}
    assert states == {"pending"}


def test_an_explorer_that_fails_is_one_sentence(project, explorer):
    explorer.answer = 400
    ran = project.fails(5, "verify")
    assert "no such compiler" in ran.err and "\x1b" not in ran.err
    explorer.moved_to = "https://elsewhere.example/api"
    assert "It has moved to elsewhere.example" in project.fails(5, "verify").err


def test_without_an_explorer_there_is_nothing_to_publish_to(project):
    assert "devnet has no explorer" in project.fails(2, "verify").err


def test_the_doctor_looks_at_the_explorer_too(project, explorer):
    assert "answers" in project.ok("doctor").out
    explorer.moved_to = "https://elsewhere.example/api"
    ran = project.ok("doctor")
    assert "elsewhere.example" in ran.out and "Ready for action." in ran.out


def test_other_code_is_not_published_under_our_name(project, explorer, tmp_path):
    path = project.folder / "deployments/31337/HKGREEN.json"
    before = path.read_text()
    record = json.loads(before)
    record["contracts"]["Lens"]["address"] = record["contracts"]["AssetFactory"]["address"]
    path.write_text(json.dumps(record))
    assert "is not the Lens" in project.fails(2, "verify").err
    assert "Lens" not in {form["contract_name"] for form in explorer.forms.values()}
    path.write_text(before)
