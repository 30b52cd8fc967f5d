// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPowers} from "../interfaces/IPowers.sol";

/// @notice Who holds which power. Storage and questions only; `PowersAdmin` changes them.
abstract contract PowersBase {
    address internal _owner;
    address internal _pendingOwner;
    uint256 internal _agentDefault;
    mapping(address agent => uint256 powers) internal _powers;

    modifier onlyOwner() {
        _checkOwner();
        _;
    }

    modifier onlyPower(uint256 power) {
        _checkPower(power);
        _;
    }

    function _checkOwner() internal view {
        if (msg.sender != _owner) revert IPowers.OwnableUnauthorizedAccount(msg.sender);
    }

    /// @dev Several bits in `power`: any of them will do.
    function _checkPower(uint256 power) internal view {
        if (_powers[msg.sender] & power == 0) revert IPowers.PowerMissing(msg.sender, power);
    }
}
