// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC3643IdentityRegistry} from "../interfaces/IERC3643IdentityRegistry.sol";
import {ISource} from "../interfaces/ISource.sol";
import {Standing} from "../interfaces/Types.sol";

/// @notice A stranger's ERC-3643 identity registry: it answers only now, and nothing it does makes the asker revert. Class,
///         denial and an end of validity it does not know: class 0, not denied, valid for as long as it says verified.
library ForeignRegistry {
    /// @dev Of each question: room for about fifteen claims. Also bounds what an answer can cost.
    uint256 internal constant GAS = 1_000_000;

    /// @dev `ok` is false unless every answer is one word of the right type. The country is asked where it decides.
    function standing(address registry, address wallet, bool withCountry)
        internal
        view
        returns (bool ok, Standing memory s)
    {
        uint256 verified;
        uint256 identity;
        uint256 country;
        (ok, verified) = _ask(registry, abi.encodeCall(IERC3643IdentityRegistry.isVerified, (wallet)), 1);
        if (ok) (ok, identity) = _identity(registry, wallet);
        if (ok && withCountry) (ok, country) = countryOf(registry, wallet);
        if (!ok) return (false, s);
        s.investor = address(uint160(identity));
        s.country = uint16(country);
        s.validUntil = verified == 1 ? type(uint40).max : 0;
    }

    function countryOf(address registry, address wallet) internal view returns (bool, uint256) {
        bytes memory question = abi.encodeCall(IERC3643IdentityRegistry.investorCountry, (wallet));
        return _ask(registry, question, type(uint16).max);
    }

    function _identity(address registry, address wallet) private view returns (bool, uint256) {
        bytes memory question = abi.encodeCall(IERC3643IdentityRegistry.identity, (wallet));
        return _ask(registry, question, type(uint160).max);
    }

    /// @dev One word of at most `most`, zero where there is none. A call gets no more than 63/64 of the gas that is left: a "no"
    ///      after which less remains than a full allowance leaves may be the choice of who paid the gas, and is not taken.
    function _ask(address registry, bytes memory question, uint256 most) private view returns (bool ok, uint256 word) {
        bytes memory answer;
        (ok, answer) = registry.staticcall{gas: GAS}(question);
        ok = ok && answer.length == 32;
        if (ok) word = abi.decode(answer, (uint256));
        if (word > most) (ok, word) = (false, 0);
        if (word == 0 && gasleft() < GAS / 63) revert ISource.GasTooLow(GAS + GAS / 32);
    }
}
