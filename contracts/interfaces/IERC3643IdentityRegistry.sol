// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice ERC-3643's identity registry, to the letter (ERC-165 id 0x8ff89f73).
/// @dev    Of its claim machinery nothing exists here: what is known of an investor is written by the admit power, by
///         attestations or by sources. So the three registries answer zero and cannot be set; and a wallet that comes in
///         by `registerIdentity` is known but not verified, until a standing is set: no claim speaks for it.
interface IERC3643IdentityRegistry {
    event ClaimTopicsRegistrySet(address indexed claimTopicsRegistry);
    event IdentityStorageSet(address indexed identityStorage);
    event TrustedIssuersRegistrySet(address indexed trustedIssuersRegistry);
    event IdentityRegistered(address indexed wallet, address indexed investor);
    event IdentityRemoved(address indexed wallet, address indexed investor);
    event IdentityUpdated(address indexed oldInvestor, address indexed newInvestor);
    event CountryUpdated(address indexed wallet, uint16 indexed country);

    /// @notice Zero: the registry keeps its records itself.
    function identityStorage() external view returns (address);

    /// @notice Zero: there is no registry of claim issuers.
    function issuersRegistry() external view returns (address);

    /// @notice Zero: there is no registry of claim topics.
    function topicsRegistry() external view returns (address);

    /// @notice Always reverts with `NotSupported`.
    function setIdentityRegistryStorage(address identityRegistryStorage) external;

    /// @notice Always reverts with `NotSupported`.
    function setClaimTopicsRegistry(address claimTopicsRegistry) external;

    /// @notice Always reverts with `NotSupported`.
    function setTrustedIssuersRegistry(address trustedIssuersRegistry) external;

    /// @notice Registers a wallet of `investor`: class unknown, validity not yet begun. Needs the admit power.
    function registerIdentity(address wallet, address investor, uint16 country) external;

    /// @notice The same for many.
    function batchRegisterIdentity(address[] calldata wallets, address[] calldata investors, uint16[] calldata countries)
        external;

    /// @notice Takes a wallet off; see `remove`.
    function deleteIdentity(address wallet) external;

    /// @notice Another country for the investor behind `wallet`. Needs the admit power.
    function updateCountry(address wallet, uint16 country) external;

    /// @notice Another investor for `wallet`, with what is known of the old one, a denial included. A first wallet takes its
    ///         links along; a link leaves and becomes a first wallet. Needs the admit power.
    function updateIdentity(address wallet, address investor) external;

    function contains(address wallet) external view returns (bool);

    function isVerified(address wallet) external view returns (bool);

    function identity(address wallet) external view returns (address);

    function investorCountry(address wallet) external view returns (uint16);
}
