// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {PowersAdmin} from "../token/PowersAdmin.sol";

/// @notice All that the registry remembers, and how a wallet leads to its investor's record.
abstract contract RegistryStorage is PowersAdmin, IIdentityRegistry {
    /// @dev One slot a wallet. A link holds the investor's first wallet in `who`; a wallet that was taken off, or denied
    ///      before it was ever admitted, holds nobody and what must not be forgotten of it.
    struct Entry {
        address who; // investor, or for a link the first wallet
        uint40 validUntil; // unix seconds
        uint16 country; // ISO 3166 numeric
        uint8 class;
        bool denied;
        bool isLink;
        uint8 links; // further wallets of this investor
        bool removed;
    }

    /// @dev What was last said against an investor.
    struct Mark {
        uint40 notBefore; // unix seconds: attestations issued until then are not believed
        bool byAgent; // lowered by an admit agent: only an agent raises him again
    }

    struct Binding {
        address token;
        bool counts; // has a rule book, which must hear of wallets that come in
    }

    struct AttestationRecord {
        AttestationState state;
        address first; // whose record it made or changed
    }

    /// @dev A source that speaks for an investor, and no longer than until `ceiling`.
    struct Feed {
        address source;
        uint40 ceiling; // unix seconds: the validity that an admit agent gave last
    }

    uint256 internal constant _MAX_WALLETS = 16;
    uint256 internal constant _MAX_TOKENS = 16;

    // Places in an entry's word: of fields, and of flags.
    uint256 internal constant _VALID_UNTIL = 160;
    uint256 internal constant _COUNTRY = 200;
    uint256 internal constant _CLASS = 216;
    uint256 internal constant _DENIED = 1 << 224;
    uint256 internal constant _IS_LINK = 1 << 232;
    uint256 internal constant _REMOVED = 1 << 248;

    uint8 internal _counting; // bound tokens that count
    mapping(address wallet => Entry entry) internal _entries;
    mapping(address first => address[_MAX_WALLETS - 1] wallets) internal _links; // the first one's entry has their number
    mapping(bytes32 codeHash => bool trusted) internal _trusted;
    Binding[] internal _bindings; // a list alone: going through sixteen is rare, a word more for each token is not
    mapping(address investor => Mark mark) internal _marks;
    mapping(address issuer => bool trusted) internal _issuers;
    mapping(bytes32 content => AttestationRecord record) internal _attestations;
    mapping(address first => bytes32 content) internal _basis; // the attestation his standing rests on
    mapping(address source => uint40 maximumAge) internal _sources; // seconds; 0: not trusted
    mapping(address first => Feed feed) internal _feeds;

    /// @dev The investor's record behind any of his wallets.
    function _record(address wallet) internal view returns (address first, Entry storage e) {
        (first, e) = (wallet, _entries[wallet]);
        if (e.isLink) (first, e) = (e.who, _entries[e.who]);
        if (e.who == address(0)) revert WalletUnknown(wallet);
    }

    /// @dev Reads an entry whole. Assembly: read field by field, a first receipt costs 190 gas more and an admission 170.
    function _word(Entry storage e) internal view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(e.slot)
        }
    }

    /// @dev Writes a fresh entry. Assembly: the compiler stores the eight fields one by one, which costs an onboarding about
    ///      2,500 gas more. The order of the fields is the struct's; tests read each of them back. No number here is wider
    ///      than its field: each comes from a parameter or field of that width.
    function _write(Entry storage e, address who, uint256 validUntil, uint256 country, uint256 class, uint256 flags)
        internal
    {
        uint256 word = uint256(uint160(who)) | (validUntil << _VALID_UNTIL) | (country << _COUNTRY) | (class << _CLASS);
        word |= flags;
        assembly ("memory-safe") {
            sstore(e.slot, word)
        }
    }
}
