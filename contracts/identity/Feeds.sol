// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {ISource} from "../interfaces/ISource.sol";
import {Power} from "../token/Power.sol";
import {Investors} from "./Investors.sol";

/// @notice Sources that cannot tell us of a revocation: their answer is taken over for a maximum age, and anybody may ask
///         again. A source keeps an investor valid or ends it; who he is stays the admit agent's word.
abstract contract Feeds is Investors {
    /// @inheritdoc IIdentityRegistry
    function trustSource(address source, uint40 maximumAge) external onlyOwner {
        if (maximumAge != 0 && source.code.length == 0) revert SourceNotTrusted(source);
        _sources[source] = maximumAge;
        emit SourceTrusted(source, maximumAge);
    }

    /// @inheritdoc IIdentityRegistry
    function follow(address wallet, address source) external onlyPower(Power.ADMIT) {
        (address first, Entry storage e) = _record(wallet);
        if (source != address(0) && _sources[source] == 0) revert SourceNotTrusted(source);
        Feed storage feed = _feeds[first];
        uint40 ceiling = feed.source == address(0) ? e.validUntil : feed.ceiling;
        _feeds[first] = source == address(0) ? Feed(address(0), 0) : Feed(source, ceiling);
        emit SourceFollowed(first, source);
        if (source != address(0)) _refresh(first, e); // the maximum age holds from now on
    }

    /// @inheritdoc IIdentityRegistry
    function refresh(address wallet) external {
        (address first, Entry storage e) = _record(wallet);
        if (_feeds[first].source == address(0)) revert SourceNotTrusted(address(0));
        _refresh(first, e);
    }

    function _refresh(address first, Entry storage e) private {
        Feed memory feed = _feeds[first];
        uint40 until = _answer(feed, first, e);
        if (_marks[e.who].byAgent && until > e.validUntil) return;
        if (until == e.validUntil) return;
        bytes32 proof = bytes32(uint256(uint160(feed.source)));
        if (!_setStanding(first, e, e.country, e.class, until, proof)) return;
        _mark(e.who, false);
        _pushAll(first, e.who);
    }

    /// @dev How long the source's answer counts, at most; 0: not at all. A source that knows another country or class than
    ///      the record speaks of somebody else, and one that is no longer trusted says nothing.
    function _answer(Feed memory feed, address first, Entry storage e) private view returns (uint40) {
        uint40 maximumAge = _sources[feed.source];
        if (maximumAge == 0) return 0;
        (bool verified, uint40 until, uint16 country, uint8 class) = ISource(feed.source).check(first);
        if (!verified || (country != 0 && country != e.country) || (class != 0 && class != e.class)) return 0;
        uint256 end = block.timestamp + maximumAge;
        if (until < end) end = until;
        return feed.ceiling < end ? feed.ceiling : uint40(end);
    }

    /// @inheritdoc IIdentityRegistry
    function sourceOf(address wallet) external view returns (address source, uint256 ceiling) {
        Entry storage e = _entries[wallet];
        Feed storage feed = _feeds[e.isLink ? e.who : wallet];
        return (feed.source, feed.ceiling);
    }

    /// @inheritdoc IIdentityRegistry
    function maximumAgeOf(address source) external view returns (uint256) {
        return _sources[source];
    }
}
