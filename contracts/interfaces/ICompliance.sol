// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice ERC-3643's ICompliance.
interface ICompliance {
    function bindToken(address token) external;

    function unbindToken(address token) external;

    function isTokenBound(address token) external view returns (bool);

    function getTokenBound() external view returns (address);

    function canTransfer(address from, address to, uint256 amount) external view returns (bool);

    function transferred(address from, address to, uint256 amount) external;

    function created(address to, uint256 amount) external;

    function destroyed(address from, uint256 amount) external;
}
