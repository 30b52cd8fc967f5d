// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice One owner (the admin, ERC-173, in two steps) and agents with named powers (ERC-3643's IAgentRole as a view
///         of them). Powers are the bits of `token/Power.sol`.
interface IPowers {
    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);
    event AgentAdded(address indexed agent);
    event AgentRemoved(address indexed agent);
    /// @notice The whole set of powers of `agent` after the change.
    event PowersChanged(address indexed agent, uint256 powers);
    event AgentDefaultSet(uint256 powers);

    error OwnableUnauthorizedAccount(address account);
    error OwnableInvalidOwner(address owner);
    /// @notice `account` holds none of the bits in `power`.
    error PowerMissing(address account, uint256 power);
    /// @notice The bits are not powers, or must not be held together.
    error PowersInvalid(uint256 powers);

    function owner() external view returns (address);

    function pendingOwner() external view returns (address);

    /// @notice Proposes another owner, who must accept. The present owner stays until then.
    function transferOwnership(address newOwner) external;

    function acceptOwnership() external;

    /// @notice Adds powers to an agent. Only the owner.
    function grantPowers(address agent, uint256 powers) external;

    /// @notice Takes powers from an agent. Only the owner.
    function revokePowers(address agent, uint256 powers) external;

    function powersOf(address agent) external view returns (uint256);

    /// @notice What `addAgent` grants; nothing until the owner sets it.
    function setAgentDefault(uint256 powers) external;

    function addAgent(address agent) external;

    function removeAgent(address agent) external;

    function isAgent(address agent) external view returns (bool);
}
