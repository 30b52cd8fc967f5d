// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Standing} from "../interfaces/Types.sol";

/// @notice One slot per account: balance, freeze bits and a copy of what the registry knows.
///
///   bits    field            kind
///   0-127   balance          truth   smallest units
///   128-167 validUntil       copy    unix seconds
///   168-175 class            copy
///   176     registered       copy
///   177     country allowed  copy    under the lists of that epoch
///   178     class allowed    copy    under the lists of that epoch
///   179     denied           copy
///   180     frozen           truth
///   181     partly frozen    truth   the amount lies in its own slot
///   200-255 epoch            copy    the copy counts while this equals the token's epoch
///
/// An epoch starts at 1, so a record never copied (epoch 0) is stale; see `Config.next` for its end.
library Record {
    uint256 internal constant BALANCE = type(uint128).max;
    uint256 internal constant REGISTERED = 1 << 176;
    uint256 internal constant COUNTRY_OK = 1 << 177;
    uint256 internal constant CLASS_OK = 1 << 178;
    uint256 internal constant DENIED = 1 << 179;
    uint256 internal constant FROZEN = 1 << 180;
    uint256 internal constant PARTLY_FROZEN = 1 << 181;

    uint256 private constant _VALID = uint256(type(uint40).max) << 128;
    uint256 private constant _EPOCH_AT = 200;
    uint256 private constant _EPOCH = uint256(type(uint56).max) << _EPOCH_AT; // the top, so that one shift of the config word compares it
    uint256 private constant _CLASS = uint256(type(uint8).max) << 168;
    uint256 private constant _COPY = _VALID | _EPOCH | _CLASS | REGISTERED | COUNTRY_OK | CLASS_OK | DENIED;
    uint256 private constant _GOOD = REGISTERED | COUNTRY_OK | CLASS_OK;

    function balance(uint256 record) internal pure returns (uint256) {
        return record & BALANCE;
    }

    function validUntil(uint256 record) internal pure returns (uint256) {
        return (record & _VALID) >> 128;
    }

    function copyEpoch(uint256 record) internal pure returns (uint56) {
        return uint56(record >> _EPOCH_AT);
    }

    function class(uint256 record) internal pure returns (uint8) {
        return uint8((record & _CLASS) >> 168);
    }

    /// @dev True when the copy is of this epoch and lets the account through: no need to ask anybody.
    function vouches(uint256 record, uint56 epoch_) internal view returns (bool) {
        return record & (_GOOD | DENIED) == _GOOD && copyEpoch(record) == epoch_ && block.timestamp <= validUntil(record);
    }

    /// @dev True when it vouches and no freeze lies on it: nothing in it could stop anything, in one comparison.
    function clean(uint256 record, uint256 config) internal view returns (bool) {
        uint256 stop = _GOOD | DENIED | FROZEN | PARTLY_FROZEN | _EPOCH;
        return (record ^ (config << _EPOCH_AT)) & stop == _GOOD && block.timestamp <= validUntil(record);
    }

    /// @dev The record without any copy: the truth of balance and freezes stays.
    function stale(uint256 record) internal pure returns (uint256) {
        return record & ~_COPY;
    }

    /// @dev The record with a new copy. `epoch_` zero keeps the answer for this movement only.
    function copied(uint256 record, Standing memory s, bool countryOk, bool classOk, uint56 epoch_)
        internal
        pure
        returns (uint256)
    {
        record = stale(record) | (uint256(s.validUntil) << 128) | (uint256(epoch_) << _EPOCH_AT) | (uint256(s.class) << 168);
        if (s.investor != address(0)) record |= REGISTERED;
        if (countryOk) record |= COUNTRY_OK;
        if (classOk) record |= CLASS_OK;
        if (s.denied) record |= DENIED;
        return record;
    }
}
