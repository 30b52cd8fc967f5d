"""The 1,000-row file: issued once, again nothing, a changed row refused; and the register proved afterwards."""

from __future__ import annotations

import pytest

from hashkit.chain import devnet
from tests.cli.running import ROOT, Shell
from tests.conftest import free_port

INVESTORS = str(ROOT / "examples/investors.csv")
ROWS = ROOT / "examples/issues/HKDMMA.csv"


@pytest.mark.slow
def test_a_thousand_rows_are_issued_exactly_once(tmp_path):
    here = Shell(tmp_path, tmp_path)
    here.ok("init")
    here.ok("devnet", "up", "--engine", "anvil", "--port", str(free_port()))
    try:
        here.ok("deploy", str(ROOT / "examples/assets/HKDMMA.toml"))
        here.ok("asset", "use", "HKDMMA")
        assert here.ok("investor", "import", INVESTORS, "--json").data["data"]["admitted"] == 1000
        first = here.ok("issue", str(ROWS), "--json").data["data"]
        assert first["rows"] == 1000 and first["outcome"]["sent"] == 11
        again = here.ok("issue", str(ROWS), "--json").data["data"]
        assert again["outcome"]["sent"] == 0 and again["supply"] == first["supply"]
        assert "nothing to send" in here.ok("issue", str(ROWS)).out

        lines = ROWS.read_text("utf-8").splitlines()
        for number, column, value in ((500, 3, "1"), (1, 1, "INV-0002")):
            cells = lines[number].split(",")
            cells[column] = value
            changed = [*lines[:number], ",".join(cells), *lines[number + 1 :]]
            (tmp_path / "changed.csv").write_text("\n".join(changed) + "\n", "utf-8")
            assert here.fails(2, "issue", "changed.csv", "--json").error["code"] == "ROW_CHANGED"
        (tmp_path / "part.csv").write_text("\n".join(lines[:300]) + "\n", "utf-8")
        assert here.fails(2, "issue", "part.csv", "--json").error["code"] == "ROWS_KNOWN"

        audited = here.ok("audit", "--json").data["data"]
        assert audited["figures"]["holders"] == 1000 and audited["result"]["exceptions"] is False
        assert audited["figures"]["reportedSupply"] == first["supply"]["amount"]
    finally:
        devnet.down(tmp_path)
