// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The named powers an agent may hold, one bit each. The same table as `hashkit.domain.parties.Power`.
library Power {
    uint256 internal constant APPROVE = 1 << 0; // approve orders
    uint256 internal constant ISSUE = 1 << 1; // execute approved orders, nothing else
    uint256 internal constant REDEEM = 1 << 2; // burn against a paper
    uint256 internal constant FREEZE = 1 << 3; // freeze accounts and amounts
    uint256 internal constant FORCE = 1 << 4; // move units without the holder
    uint256 internal constant RECOVER = 1 << 5; // move a lost wallet's units
    uint256 internal constant ADMIT = 1 << 6; // admit, renew, revoke, link investors
    uint256 internal constant RULES = 1 << 7; // tighten rules
    uint256 internal constant DOCUMENT = 1 << 8; // keep the documents
    uint256 internal constant PAUSE = 1 << 9; // pause, halt, cancel proposals
    uint256 internal constant RAISE = 1 << 10; // widen the mint window
    uint256 internal constant RAW_SUPPLY = 1 << 11; // mint and burn without order or paper

    uint256 internal constant ALL = (1 << 12) - 1;
}
