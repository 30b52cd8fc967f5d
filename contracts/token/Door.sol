// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Kind} from "../interfaces/Types.sol";

/// @notice The movement table of contracts/README.md: one row a kind, one bit a column. The low byte is the kind.
library Door {
    uint256 internal constant FROM = 1 << 8; // units leave an account
    uint256 internal constant FROM_FREE = 1 << 9; // sender frozen, denied, partly frozen
    uint256 internal constant FROM_ID = 1 << 10; // sender's identity
    uint256 internal constant TO = 1 << 11; // units reach an account, which is neither frozen nor denied
    uint256 internal constant TO_ID = 1 << 12; // receiver's identity
    uint256 internal constant TERMS = 1 << 13; // pause, spender, mode, lock-up
    uint256 internal constant ASKED = 1 << 14; // a rule book is asked
    uint256 internal constant RULES = 1 << 15; // every rule counts, and a compliance contract that fails refuses
    uint256 internal constant FORCED = 1 << 16; // takes frozen units too

    uint256 internal constant ISSUE = uint256(Kind.Issue) | TO | TO_ID | ASKED | RULES;
    uint256 internal constant MOVE =
        uint256(Kind.Move) | FROM | FROM_FREE | FROM_ID | TO | TO_ID | TERMS | ASKED | RULES;
    uint256 internal constant REDEEM = uint256(Kind.Redeem) | FROM | FROM_FREE | ASKED;
    uint256 internal constant FORCE = uint256(Kind.Force) | FROM | TO | TO_ID | FORCED;
    uint256 internal constant BURN = uint256(Kind.Burn) | FROM | FORCED;
    uint256 internal constant RECOVER = uint256(Kind.Recover) | FROM | TO;

    function row(Kind kind) internal pure returns (uint256) {
        if (kind == Kind.Issue) return ISSUE;
        if (kind == Kind.Move) return MOVE;
        if (kind == Kind.Redeem) return REDEEM;
        if (kind == Kind.Force) return FORCE;
        return kind == Kind.Burn ? BURN : RECOVER;
    }
}
