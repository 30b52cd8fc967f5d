// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The set of failing rules of a movement, one bit each; zero: allowed. One table with
///         `hashkit.domain.verdict`, held together by a test. The lowest set bit decides which error a
///         refused movement reverts with, and is (plus one) its ERC-1404 code.
library Verdict {
    uint256 internal constant HALTED = 1 << 0;
    uint256 internal constant PAUSED = 1 << 1;
    uint256 internal constant RECEIVER = 1 << 2;
    uint256 internal constant FROM_FROZEN = 1 << 3;
    uint256 internal constant TO_FROZEN = 1 << 4;
    uint256 internal constant SPENDER_FROZEN = 1 << 5;
    uint256 internal constant FROM_DENIED = 1 << 6;
    uint256 internal constant TO_DENIED = 1 << 7;
    uint256 internal constant SPENDER_DENIED = 1 << 8;
    uint256 internal constant FROM_IDENTITY = 1 << 9;
    uint256 internal constant TO_IDENTITY = 1 << 10;
    uint256 internal constant FROM_EXPIRED = 1 << 11;
    uint256 internal constant TO_EXPIRED = 1 << 12;
    uint256 internal constant FROM_COUNTRY = 1 << 13;
    uint256 internal constant TO_COUNTRY = 1 << 14;
    uint256 internal constant FROM_CLASS = 1 << 15;
    uint256 internal constant TO_CLASS = 1 << 16;
    uint256 internal constant MODE = 1 << 17;
    uint256 internal constant LOCK_UP = 1 << 18;
    uint256 internal constant CAP = 1 << 19;
    uint256 internal constant DENOMINATION = 1 << 20;
    uint256 internal constant MINIMUM_HOLDING = 1 << 21;
    uint256 internal constant MAX_UNITS = 1 << 22;
    uint256 internal constant HOLDERS = 1 << 23;
    uint256 internal constant HOLDERS_COUNTRY = 1 << 24;
    uint256 internal constant VELOCITY = 1 << 25;
    uint256 internal constant HOLDING_PERIOD = 1 << 26;
    uint256 internal constant SANCTIONS = 1 << 27;
    uint256 internal constant COMPLIANCE = 1 << 28;
    uint256 internal constant FROZEN_AMOUNT = 1 << 29;
    uint256 internal constant BALANCE = 1 << 30;
    uint256 internal constant ALLOWANCE = 1 << 31;

    uint256 internal constant ANY_FROM =
        FROM_FROZEN | FROM_DENIED | FROM_IDENTITY | FROM_EXPIRED | FROM_COUNTRY | FROM_CLASS;
    uint256 internal constant ANY_TO = TO_FROZEN | TO_DENIED | TO_IDENTITY | TO_EXPIRED | TO_COUNTRY | TO_CLASS;
    uint256 internal constant ANY_SPENDER = SPENDER_FROZEN | SPENDER_DENIED;
}
