// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";

// A stand-in for a bond token with one compliance module per bond, as HashKey's BondDEX has it: a whitelist with a
// role for each wallet, no move between two investors, ERC-1404's questions, and a mint that asks nobody.

contract BondModule is AccessControl {
    enum Role {
        None,
        Issuer,
        MarketMaker,
        Investor
    }

    mapping(address => Role) public roleOf;

    constructor(address admin) {
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
    }

    function list(address wallet, Role role) external onlyRole(DEFAULT_ADMIN_ROLE) {
        roleOf[wallet] = role;
    }

    function check(address from, address to) external view returns (uint8) {
        if (roleOf[from] == Role.None) return 2;
        if (roleOf[to] == Role.None) return 3;
        return from != to && roleOf[from] == Role.Investor && roleOf[to] == Role.Investor ? 6 : 0;
    }
}

contract BondLike is ERC20, AccessControl {
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");
    BondModule public immutable complianceModule;

    error Restricted(uint8 code);

    constructor(address admin, BondModule module) ERC20("Bond like others", "BLIKE") {
        complianceModule = module;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(MINTER_ROLE, admin);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 amount) external onlyRole(MINTER_ROLE) {
        _mint(to, amount);
    }

    function detectTransferRestriction(address from, address to, uint256) public view returns (uint8) {
        return complianceModule.check(from, to);
    }

    function messageForTransferRestriction(uint8 code) external pure returns (string memory) {
        if (code == 2) return "Sender is not listed";
        if (code == 3) return "Receiver is not listed";
        return code == 6 ? "No moves between investors" : "";
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from != address(0) && to != address(0)) {
            uint8 code = detectTransferRestriction(from, to, value);
            if (code != 0) revert Restricted(code);
        }
        super._update(from, to, value);
    }
}
