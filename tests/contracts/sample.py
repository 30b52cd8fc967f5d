"""A checkout in small: one contract, one interface, OpenZeppelin from the real node_modules."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOLJSON = ROOT / "node_modules" / "solc" / "soljson.js"

INTERFACE = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;
interface ISilver {
    error NotEnough(address who, uint256 have);
    function cap() external view returns (uint256);
}
"""
CONTRACT = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol"; /* import "not/this.sol"; */
import {ISilver} from "./interfaces/ISilver.sol"; // https://example.org import "nor/this.sol";
contract Silver is ERC20, ISilver {
    uint256 public immutable cap;
    constructor(uint256 cap_) ERC20("Silver", "/* no comment") { cap = cap_; _mint(msg.sender, cap_); }
}
"""


def make_checkout(folder: Path) -> Path:
    """A checkout in ``folder`` that compiles."""
    (folder / "contracts" / "interfaces").mkdir(parents=True)
    (folder / "hashkit" / "contracts").mkdir(parents=True)
    (folder / "contracts" / "Silver.sol").write_text(CONTRACT)
    (folder / "contracts" / "interfaces" / "ISilver.sol").write_text(INTERFACE)
    shutil.copy(ROOT / "package.json", folder)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder
