// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Attestations} from "./identity/Attestations.sol";
import {Feeds} from "./identity/Feeds.sol";
import {Standard} from "./identity/Standard.sol";
import {IERC3643IdentityRegistry} from "./interfaces/IERC3643IdentityRegistry.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {AgentGrant, Standing} from "./interfaces/Types.sol";

/// @title  IdentityRegistry
/// @notice Wallets, their investors and what is known of them. Whatever is not a pure extension of validity reaches every
///         bound token in the same transaction.
contract IdentityRegistry is Standard, Attestations, Feeds, IERC165 {
    /// @inheritdoc IIdentityRegistry
    uint256 public immutable deployedBlock = block.number;

    /// @dev No clone: an issuer has one registry, and a proxy before it would cost every admission and every first receipt
    ///      2,700 gas.
    constructor(address owner_, AgentGrant[] memory agents) {
        _setOwner(owner_);
        for (uint256 i = 0; i < agents.length; ++i) {
            _setPowers(agents[i].agent, agents[i].powers);
        }
    }

    /// @inheritdoc IIdentityRegistry
    function standing(address wallet) public view returns (Standing memory s) {
        uint256 word = _word(_entries[wallet]);
        if (word & _IS_LINK != 0) word = _word(_entries[address(uint160(word))]);
        s.investor = address(uint160(word));
        s.validUntil = uint40(word >> _VALID_UNTIL);
        s.country = uint16(word >> _COUNTRY);
        s.class = uint8(word >> _CLASS);
        s.denied = word & _DENIED != 0;
    }

    /// @inheritdoc IIdentityRegistry
    function walletsOf(address wallet) external view returns (address[] memory wallets) {
        Entry storage e = _entries[wallet];
        if (e.who == address(0)) return wallets;
        address first = wallet;
        if (e.isLink) (first, e) = (e.who, _entries[e.who]);
        wallets = new address[](e.links + 1);
        wallets[0] = first;
        for (uint256 i = 1; i < wallets.length; ++i) {
            wallets[i] = _links[first][i - 1];
        }
    }

    /// @inheritdoc IIdentityRegistry
    function boundTokens() external view returns (address[] memory tokens) {
        tokens = new address[](_bindings.length);
        for (uint256 i = 0; i < tokens.length; ++i) {
            tokens[i] = _bindings[i].token;
        }
    }

    /// @inheritdoc IIdentityRegistry
    function isBound(address token) external view returns (bool) {
        return _place(token) != _bindings.length;
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function contains(address wallet) external view returns (bool) {
        return _entries[wallet].who != address(0);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function isVerified(address wallet) external view returns (bool) {
        Standing memory s = standing(wallet);
        return s.investor != address(0) && !s.denied && block.timestamp <= s.validUntil;
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function identity(address wallet) external view returns (address) {
        return standing(wallet).investor;
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function investorCountry(address wallet) external view returns (uint16) {
        return standing(wallet).country;
    }

    /// @notice ERC-165.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IERC165).interfaceId || id == type(IIdentityRegistry).interfaceId
            || id == type(IERC3643IdentityRegistry).interfaceId;
    }
}

