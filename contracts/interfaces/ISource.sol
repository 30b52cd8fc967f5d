// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice Somebody else's answer to whether a wallet's owner is verified: a KYC token, an attestation service.
/// @dev    A source says no where it is not sure. It reverts when the caller gave it too little gas to ask, so that nobody
///         makes it say no by paying little.
interface ISource {
    error GasTooLow(uint256 needed);

    /// @param verified whether the source vouches for `wallet` now
    /// @param until    last second it vouches for (unix); the largest value where it does not say
    /// @param country  ISO 3166 numeric; 0: it does not say
    /// @param class    class of investor; 0: it does not say
    function check(address wallet)
        external
        view
        returns (bool verified, uint40 until, uint16 country, uint8 class);
}
