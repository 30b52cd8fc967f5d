// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {ActsBase} from "./ActsBase.sol";
import {Power} from "./Power.sol";

/// @notice The single acts of authority that come most often: freeze an account, force, burn. In the hot half, because the way
///         to the other one costs a second call and a second code to load.
abstract contract SingleActs is ActsBase, IAssetToken {
    /// @inheritdoc IAssetToken
    function setAddressFrozen(address account, bool frozen) external onlyPower(Power.FREEZE) {
        _setAddressFrozen(account, frozen);
        _acted(0);
    }

    /// @inheritdoc IAssetToken
    function setAddressFrozen(address account, bool frozen, bytes32 ref) external onlyPower(Power.FREEZE) {
        _setAddressFrozen(account, frozen);
        _acted(ref);
    }

    /// @notice ERC-7943 and ERC-3643: moves units without the holder.
    function forcedTransfer(address from, address to, uint256 amount) external onlyPower(Power.FORCE) returns (bool) {
        _force(from, to, amount);
        _acted(0);
        return true;
    }

    /// @inheritdoc IAssetToken
    function forcedTransfer(address from, address to, uint256 amount, bytes32 ref)
        external
        onlyPower(Power.FORCE)
        returns (bool)
    {
        _force(from, to, amount);
        _acted(ref);
        return true;
    }

    /// @inheritdoc IAssetToken
    function burn(address from, uint256 amount) external onlyPower(Power.RAW_SUPPLY) {
        _burn(from, amount);
        _acted(0);
    }

    /// @inheritdoc IAssetToken
    function burn(address from, uint256 amount, bytes32 ref) external onlyPower(Power.FORCE) {
        _burn(from, amount);
        _acted(ref);
    }
}
