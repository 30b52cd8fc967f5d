// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Mode} from "../interfaces/Types.sol";

/// @notice The one word every movement reads, and one that changes the supply writes.
///
///   bits    field
///   0       paused       no moves
///   1       halted       nothing moves at all
///   2       bound        the registry pushes to this token, so copies may be kept
///   3       rule book    the compliance slot holds a RuleBook of hashkit
///   4       foreign      the compliance slot holds somebody else's ERC-3643 compliance
///   5       country list only listed countries may hold
///   6       stranger     the registry is not one of hashkit: asked live, never believed when it calls
///   8-10    mode
///   11-15   classes      bit n: class n may hold; 0: every class
///   16-31   role matrix  which class may move to which, in the mode of that name; see `mayMove`
///   32-71   lock-up      unix seconds
///   72-127  epoch        copies in account records count while theirs equals this
///   128-255 supply       smallest units; the sum of all balances
library Config {
    uint256 internal constant PAUSED = 1 << 0;
    uint256 internal constant HALTED = 1 << 1;
    uint256 internal constant BOUND = 1 << 2;
    uint256 internal constant RULE_BOOK = 1 << 3;
    uint256 internal constant FOREIGN = 1 << 4;
    uint256 internal constant COMPLIANCE = RULE_BOOK | FOREIGN; // the slot is not empty
    uint256 internal constant COUNTRY_LIST = 1 << 5;
    uint256 internal constant FOREIGN_REGISTRY = 1 << 6;

    uint256 internal constant MODE = uint256(7) << 8;
    uint256 internal constant ALL_CLASSES = 31; // 0 to 4; hashkit.domain.parties.InvestorClass
    uint256 internal constant EPOCH_AT = 72;
    uint256 internal constant EPOCH = uint256(type(uint56).max) << EPOCH_AT;
    uint256 internal constant SUPPLY_AT = 128;
    uint256 private constant _CLASSES_AT = 11;
    uint256 private constant _CLASSES = ALL_CLASSES << _CLASSES_AT;
    uint256 private constant _MATRIX_AT = 16;
    uint256 private constant _MATRIX = uint256(type(uint16).max) << _MATRIX_AT;
    uint256 private constant _LOCK_UP_AT = 32;
    uint256 private constant _LOCK_UP = uint256(type(uint40).max) << _LOCK_UP_AT;
    uint256 private constant _ROLES = 4; // classes 1 to 4

    function supply(uint256 config) internal pure returns (uint256) {
        return config >> SUPPLY_AT;
    }

    function epoch(uint256 config) internal pure returns (uint56) {
        return uint56(config >> EPOCH_AT);
    }

    function mode(uint256 config) internal pure returns (Mode) {
        return Mode(uint8((config & MODE) >> 8));
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
        return (config & ~EPOCH) | (uint256(epoch(config) + 1) << EPOCH_AT);
    }

    function with(uint256 config, uint256 flag, bool on) internal pure returns (uint256) {
        return on ? config | flag : config & ~flag;
    }

    function withMode(uint256 config, Mode m) internal pure returns (uint256) {
        return (config & ~MODE) | (uint256(m) << 8);
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
