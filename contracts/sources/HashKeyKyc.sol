// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISource} from "../interfaces/ISource.sol";

/// @title  HashKeyKyc
/// @notice HashKey Chain's KYC SBT as a source. Only `isHuman` is asked: a balance survives revocation and expiry, the
///         numbering of the status has changed, and a name stays valid after its owner took another.
/// @dev    Not checked: what evidence a level stands for; it knows no country and no class. Its expiry and a revocation by the
///         investor himself make no noise that reaches a registry: hence the maximum age.
contract HashKeyKyc is ISource {
    uint256 private constant _GAS = 150_000; // two calls and two strings inside, with room
    uint256 private constant _HIGHEST_LEVEL = 4;
    bytes4 private constant _IS_HUMAN = bytes4(keccak256("isHuman(address)"));

    /// @notice The KYC SBT.
    address public immutable sbt;
    /// @notice 1 basic, 2 advanced, 3 premium, 4 ultimate.
    uint8 public immutable minimumLevel;

    error LevelInvalid(uint256 level);

    constructor(address sbt_, uint8 minimumLevel_) {
        if (minimumLevel_ == 0 || minimumLevel_ > _HIGHEST_LEVEL) revert LevelInvalid(minimumLevel_);
        (sbt, minimumLevel) = (sbt_, minimumLevel_);
    }

    /// @inheritdoc ISource
    function check(address wallet) external view returns (bool, uint40, uint16, uint8) {
        // A call gets at most 63/64 of what is left: with less than this the answer would be the caller's choice.
        uint256 needed = _GAS + _GAS / 32 + 10_000;
        if (gasleft() < needed) revert GasTooLow(needed);
        (bool ok, bytes memory answer) = sbt.staticcall{gas: _GAS}(abi.encodeWithSelector(_IS_HUMAN, wallet));
        if (!ok || answer.length < 64) return (false, 0, 0, 0); // no code answers with no bytes
        (uint256 valid, uint256 level) = abi.decode(answer, (uint256, uint256));
        if (valid != 1 || level < minimumLevel || level > _HIGHEST_LEVEL) return (false, 0, 0, 0);
        return (true, type(uint40).max, 0, 0);
    }
}
