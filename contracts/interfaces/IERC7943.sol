// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice ERC-7943 (uRWA), fungible, Final: 0x3edbb4c4. The acts (`forcedTransfer`, `setFrozenTokens`) and the
///         questions of one token; account questions never revert and reflect a halt, not the transfer pause.
interface IERC7943Fungible {
    event ForcedTransfer(address indexed from, address indexed to, uint256 amount);
    /// @param amount the new absolute frozen amount, in smallest units
    event Frozen(address indexed account, uint256 amount);

    error ERC7943CannotSend(address account);
    error ERC7943CannotReceive(address account);
    error ERC7943CannotTransfer(address from, address to, uint256 amount);
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 amount, uint256 unfrozen);

    /// @notice Moves units without the holder. Frozen units are released first; `canReceive(to)` must hold.
    function forcedTransfer(address from, address to, uint256 amount) external returns (bool);

    /// @notice Sets the frozen amount of an account; it may exceed the balance.
    function setFrozenTokens(address account, uint256 amount) external returns (bool);

    function canSend(address account) external view returns (bool);

    function canReceive(address account) external view returns (bool);

    function getFrozenTokens(address account) external view returns (uint256);

    /// @notice The verdict on a move without its balance bit, as the standard demands.
    function canTransfer(address from, address to, uint256 amount) external view returns (bool);
}
