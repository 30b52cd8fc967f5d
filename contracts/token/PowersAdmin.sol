// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPowers} from "../interfaces/IPowers.sol";
import {Power} from "./Power.sol";
import {PowersBase} from "./PowersBase.sol";

/// @notice Grants and takes powers; hands the ownership over in two steps, so that it cannot vanish.
abstract contract PowersAdmin is PowersBase, IPowers {
    /// @inheritdoc IPowers
    function transferOwnership(address newOwner) external onlyOwner {
        _pendingOwner = newOwner;
        emit OwnershipTransferStarted(_owner, newOwner);
    }

    /// @inheritdoc IPowers
    function acceptOwnership() external {
        if (msg.sender != _pendingOwner) revert OwnableUnauthorizedAccount(msg.sender);
        delete _pendingOwner;
        _setOwner(msg.sender);
    }

    /// @inheritdoc IPowers
    function grantPowers(address agent, uint256 powers) external onlyOwner {
        _setPowers(agent, _powers[agent] | powers);
    }

    /// @inheritdoc IPowers
    function revokePowers(address agent, uint256 powers) external onlyOwner {
        _setPowers(agent, _powers[agent] & ~powers);
    }

    /// @inheritdoc IPowers
    function setAgentDefault(uint256 powers) external onlyOwner {
        _checkPowers(powers);
        _agentDefault = powers;
        emit AgentDefaultSet(powers);
    }

    /// @inheritdoc IPowers
    function addAgent(address agent) external onlyOwner {
        if (_agentDefault == 0) revert PowersInvalid(0);
        _setPowers(agent, _powers[agent] | _agentDefault);
    }

    /// @inheritdoc IPowers
    function removeAgent(address agent) external onlyOwner {
        _setPowers(agent, 0);
    }

    /// @inheritdoc IPowers
    function owner() external view returns (address) {
        return _owner;
    }

    /// @inheritdoc IPowers
    function pendingOwner() external view returns (address) {
        return _pendingOwner;
    }

    /// @inheritdoc IPowers
    function powersOf(address agent) external view returns (uint256) {
        return _powers[agent];
    }

    /// @inheritdoc IPowers
    function isAgent(address agent) external view returns (bool) {
        return _powers[agent] != 0;
    }

    function _setOwner(address newOwner) internal {
        if (newOwner == address(0)) revert OwnableInvalidOwner(newOwner);
        address previous = _owner;
        _owner = newOwner;
        emit OwnershipTransferred(previous, newOwner);
    }

    function _setPowers(address agent, uint256 powers) internal {
        _checkPowers(powers);
        uint256 before = _powers[agent];
        if (powers == before) return;
        _powers[agent] = powers;
        emit PowersChanged(agent, powers);
        if (before == 0) emit AgentAdded(agent);
        if (powers == 0) emit AgentRemoved(agent);
    }

    /// @dev Whoever both admits wallets and recovers to them could take anybody's units.
    function _checkPowers(uint256 powers) private pure {
        uint256 both = Power.ADMIT | Power.RECOVER;
        if (powers > Power.ALL || powers & both == both) revert PowersInvalid(powers);
    }
}
