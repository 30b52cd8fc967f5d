// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A stranger's compliance contract with one rule and no counter: nobody moves more than so many units at once.
///         It measures what the compliance slot itself costs.
contract LargestMove {
    uint256 private _largest; // smallest units

    constructor(uint256 largest) {
        _largest = largest;
    }

    function canTransfer(address, address, uint256 amount) external view returns (bool) {
        return amount <= _largest;
    }

    function transferred(address, address, uint256) external {}

    function created(address, uint256) external {}

    function destroyed(address, uint256) external {}
}
