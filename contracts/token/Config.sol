// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Mode} from "../interfaces/Types.sol";

/// @notice The one word every movement reads.
///
///   bits    field
///   0-63    epoch        copies in account records count while theirs equals this
///   64      paused       no moves
///   65      halted       nothing moves at all
///   66      bound        the registry pushes to this token, so copies may be kept
///   67      rule book    the compliance slot holds a RuleBook of hashkit
///   68      foreign      the compliance slot holds somebody else's ERC-3643 compliance
///   69      country list only listed countries may hold
///   70      stranger     the registry is not one of hashkit: asked live, never believed when it calls
///   72-79   mode
///   80-119  lock-up      unix seconds
///   120-135 classes      bit n: class n may hold; 0: every class
///   136-151 role matrix  which class may move to which, in the mode of that name; see `mayMove`
library Config {
    uint256 internal constant PAUSED = 1 << 64;
    uint256 internal constant HALTED = 1 << 65;
    uint256 internal constant BOUND = 1 << 66;
    uint256 internal constant RULE_BOOK = 1 << 67;
    uint256 internal constant FOREIGN = 1 << 68;
    uint256 internal constant COMPLIANCE = RULE_BOOK | FOREIGN; // the slot is not empty
    uint256 internal constant COUNTRY_LIST = 1 << 69;
    uint256 internal constant FOREIGN_REGISTRY = 1 << 70;

    uint256 internal constant MODE = uint256(0xff) << 72;
    uint256 private constant _LOCK_UP = uint256(type(uint40).max) << 80;
    uint256 private constant _CLASSES = uint256(type(uint16).max) << 120;
    uint256 private constant _MATRIX_AT = 136;
    uint256 private constant _MATRIX = uint256(type(uint16).max) << _MATRIX_AT;
    uint256 private constant _ROLES = 4; // classes 1 to 4; hashkit.domain.parties.InvestorClass

    function epoch(uint256 config) internal pure returns (uint64) {
        return uint64(config);
    }

    function mode(uint256 config) internal pure returns (Mode) {
        return Mode(uint8((config & MODE) >> 72));
    }

    function lockUp(uint256 config) internal pure returns (uint256) {
        return (config & _LOCK_UP) >> 80;
    }

    function classes(uint256 config) internal pure returns (uint16) {
        return uint16((config & _CLASSES) >> 120);
    }

    function roleMatrix(uint256 config) internal pure returns (uint16) {
        return uint16((config & _MATRIX) >> _MATRIX_AT);
    }

    /// @dev Whether the role matrix lets class `from` move to class `to`: bit (from - 1) * 4 + (to - 1). A class it has no
    ///      row for, the unknown one (0) above all, moves nothing and receives nothing.
    function mayMove(uint256 config, uint256 from, uint256 to) internal pure returns (bool) {
        if (from == 0 || to == 0 || from > _ROLES || to > _ROLES) return false;
        return (roleMatrix(config) >> ((from - 1) * _ROLES + to - 1)) & 1 != 0;
    }

    function with(uint256 config, uint256 flag, bool on) internal pure returns (uint256) {
        return on ? config | flag : config & ~flag;
    }

    function withMode(uint256 config, Mode m) internal pure returns (uint256) {
        return (config & ~MODE) | (uint256(m) << 72);
    }

    function withLockUp(uint256 config, uint40 until) internal pure returns (uint256) {
        return (config & ~_LOCK_UP) | (uint256(until) << 80);
    }

    function withClasses(uint256 config, uint16 mask) internal pure returns (uint256) {
        return (config & ~_CLASSES) | (uint256(mask) << 120);
    }

    function withRoleMatrix(uint256 config, uint16 matrix) internal pure returns (uint256) {
        return (config & ~_MATRIX) | (uint256(matrix) << _MATRIX_AT);
    }
}
