// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice The token's own functions of ERC-3643 (Final), without those of ERC-20: 0xb97d944c. Written from the standard's
///         text for its id; a tranche answers them with two halves, so no contract inherits this.
interface IERC3643 {
    function onchainID() external view returns (address);
    function version() external view returns (string memory);
    function identityRegistry() external view returns (address);
    function compliance() external view returns (address);
    function paused() external view returns (bool);
    function isFrozen(address account) external view returns (bool);
    function getFrozenTokens(address account) external view returns (uint256);

    function setName(string calldata name) external;
    function setSymbol(string calldata symbol) external;
    function setOnchainID(address onchainID) external;
    function setIdentityRegistry(address identityRegistry) external;
    function setCompliance(address compliance) external;

    function pause() external;
    function unpause() external;
    function setAddressFrozen(address account, bool frozen) external;
    function freezePartialTokens(address account, uint256 amount) external;
    function unfreezePartialTokens(address account, uint256 amount) external;
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);
    function mint(address to, uint256 amount) external;
    function burn(address from, uint256 amount) external;
    function recoveryAddress(address lost, address to, address investor) external returns (bool);
    function batchTransfer(address[] calldata to, uint256[] calldata amounts) external;
    function batchForcedTransfer(address[] calldata from, address[] calldata to, uint256[] calldata amounts) external;
    function batchMint(address[] calldata to, uint256[] calldata amounts) external;
    function batchBurn(address[] calldata from, uint256[] calldata amounts) external;
    function batchSetAddressFrozen(address[] calldata accounts, bool[] calldata frozen) external;
    function batchFreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external;
    function batchUnfreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external;
}
