// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Mode} from "../interfaces/Types.sol";

/// @notice The one word every movement reads, and one that changes the supply writes.
///
///   bits    field
///   0-55    epoch        copies in account records count while theirs equals this
///   56      paused       no moves
///   57      halted       nothing moves at all
///   58      bound        the registry pushes to this token, so copies may be kept
///   59      rule book    the compliance slot holds a RuleBook of hashkit
///   60      foreign      the compliance slot holds somebody else's ERC-3643 compliance
///   61      country list only listed countries may hold
///   62      stranger     the registry is not one of hashkit: asked live, never believed when it calls
///   64-66   mode
///   67-71   classes      bit n: class n may hold; 0: every class
///   72-87   role matrix  which class may move to which, in the mode of that name; see `mayMove`
///   88-127  lock-up      unix seconds
///   128-255 supply       smallest units; the sum of all balances
library Config {
    uint256 internal constant PAUSED = 1 << 56;
    uint256 internal constant HALTED = 1 << 57;
    uint256 internal constant BOUND = 1 << 58;
    uint256 internal constant RULE_BOOK = 1 << 59;
    uint256 internal constant FOREIGN = 1 << 60;
    uint256 internal constant COMPLIANCE = RULE_BOOK | FOREIGN; // the slot is not empty
    uint256 internal constant COUNTRY_LIST = 1 << 61;
    uint256 internal constant FOREIGN_REGISTRY = 1 << 62;

    uint256 internal constant MODE = uint256(7) << _MODE_AT;
    uint256 internal constant ALL_CLASSES = 31; // 0 to 4; hashkit.domain.parties.InvestorClass
    uint256 internal constant EPOCH = type(uint56).max;
    uint256 internal constant SUPPLY_AT = 128;
    uint256 private constant _MODE_AT = 64;
    uint256 private constant _CLASSES_AT = 67;
    uint256 private constant _CLASSES = ALL_CLASSES << _CLASSES_AT;
    uint256 private constant _MATRIX_AT = 72;
    uint256 private constant _MATRIX = uint256(type(uint16).max) << _MATRIX_AT;
    uint256 private constant _LOCK_UP_AT = 88;
    uint256 private constant _LOCK_UP = uint256(type(uint40).max) << _LOCK_UP_AT;
    uint256 private constant _ROLES = 4; // classes 1 to 4

    function supply(uint256 config) internal pure returns (uint256) {
        return config >> SUPPLY_AT;
    }

    function epoch(uint256 config) internal pure returns (uint56) {
        return uint56(config);
    }

    function mode(uint256 config) internal pure returns (Mode) {
        return Mode(uint8((config & MODE) >> _MODE_AT));
    }

    function lockUp(uint256 config) internal pure returns (uint256) {
        return (config & _LOCK_UP) >> _LOCK_UP_AT;
    }

    function classes(uint256 config) internal pure returns (uint16) {
        return uint16((config & _CLASSES) >> _CLASSES_AT);
    }

    function roleMatrix(uint256 config) internal pure returns (uint16) {
        return uint16(config >> _MATRIX_AT);
    }

    /// @dev Whether the role matrix lets class `from` move to class `to`: bit (from - 1) * 4 + (to - 1). A class it has no
    ///      row for, the unknown one (0) above all, moves nothing and receives nothing.
    function mayMove(uint256 config, uint256 from, uint256 to) internal pure returns (bool) {
        if (from == 0 || to == 0 || from > _ROLES || to > _ROLES) return false;
        return (roleMatrix(config) >> ((from - 1) * _ROLES + to - 1)) & 1 != 0;
    }

    /// @dev The epoch after this one. It never comes round, when old copies would count again: 56 bits outlast any chain, and
    ///      after the last one this reverts.
    function next(uint256 config) internal pure returns (uint256) {
        return (config & ~EPOCH) | (epoch(config) + 1);
    }

    function with(uint256 config, uint256 flag, bool on) internal pure returns (uint256) {
        return on ? config | flag : config & ~flag;
    }

    function withMode(uint256 config, Mode m) internal pure returns (uint256) {
        return (config & ~MODE) | (uint256(m) << _MODE_AT);
    }

    function withLockUp(uint256 config, uint40 until) internal pure returns (uint256) {
        return (config & ~_LOCK_UP) | (uint256(until) << _LOCK_UP_AT);
    }

    /// @dev `mask` holds no bit beyond ALL_CLASSES.
    function withClasses(uint256 config, uint16 mask) internal pure returns (uint256) {
        return (config & ~_CLASSES) | (uint256(mask) << _CLASSES_AT);
    }

    function withRoleMatrix(uint256 config, uint16 matrix) internal pure returns (uint256) {
        return (config & ~_MATRIX) | (uint256(matrix) << _MATRIX_AT);
    }
}
