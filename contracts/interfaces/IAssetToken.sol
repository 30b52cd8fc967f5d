// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Kind, Mode, Order} from "./Types.sol";

/// @notice The hot half of a tranche: movements, orders and questions. The rare half is `IAssetTokenControl`; both are
///         reached at the token's address. Units are integers in the smallest unit, times are block time in seconds.
/// @dev    Assumptions: the registry is hashkit's and answers truly; a foreign compliance contract may lie, fail or burn
///         gas, which refuses Issue and Move and nothing else. Warning: the owner can replace registry and compliance
///         after the delay; agents can freeze, seize and burn; nothing here proves that an asset exists.
interface IAssetToken {
    /// @notice Rows `firstRow` to `nextRow` - 1 of an order were issued or skipped; `amount` was issued. The `Transfer`s
    ///         from zero just before, in row order and without the skipped rows, belong to it: a row's ref is
    ///         (orderId, row).
    event OrderExecuted(bytes32 indexed orderId, uint256 firstRow, uint256 nextRow, uint256 amount);
    event OrderOpened(
        bytes32 indexed orderId,
        address indexed approver,
        bytes32 rowsRoot,
        bytes32 fileHash,
        uint256 rowCount,
        uint256 total,
        uint256 deadline
    );
    /// @notice Closed for ever, opened or not.
    event OrderClosed(bytes32 indexed orderId, address indexed by);
    /// @notice The row was not eligible and can never be issued under this order.
    event RowSkipped(
        bytes32 indexed orderId, uint256 indexed row, address indexed wallet, uint256 amount, uint256 verdict
    );
    /// @notice `amount` of `from` ended against the paper `ref`.
    event Redeemed(bytes32 indexed ref, address indexed from, uint256 amount);
    /// @notice An act of authority, by the selector of its door, and its paper; standard doors carry ref 0.
    event Acted(bytes32 indexed ref, address indexed agent, bytes4 indexed act);
    /// @notice The compliance contract failed where it may not refuse; the movement went on.
    event ComplianceHookFailed(bytes4 indexed hook, address indexed compliance);
    /// @notice In any span of time t no more than size + size * t / period units come into being; 0, 0: no such limit.
    event MintWindowSet(uint256 size, uint256 period);
    event MintWindowProposed(uint256 size, uint256 period, uint256 readyAt);
    event MintWindowCancelled(uint256 size, uint256 period);

    error OrderExists(bytes32 orderId);
    error OrderUnknown(bytes32 orderId);
    error OrderIsClosed(bytes32 orderId);
    error OrderExpired(bytes32 orderId, uint256 deadline);
    error OrderInvalid(bytes32 orderId);
    /// @notice The cursor stands at `nextRow`: these rows were issued already, or others come first.
    error OrderOutOfTurn(bytes32 orderId, uint256 nextRow, uint256 firstRow);
    /// @notice These rows are not the approved ones.
    error OrderRowsNotApproved(bytes32 orderId, uint256 firstRow);
    error OrderTotalExceeded(bytes32 orderId, uint256 total, uint256 issued);
    /// @notice Neither a signature of `approver`, nor is he allowed to approve.
    error OrderNotApproved(bytes32 orderId, address approver);
    /// @notice The row is not eligible; `verdict` says why.
    error RowRefused(bytes32 orderId, uint256 row, address wallet, uint256 verdict);
    error CapExceeded(uint256 cap, uint256 supply, uint256 amount);
    /// @notice A ref is not zero and is consumed once.
    error RefInvalid(bytes32 ref);
    error ComplianceFailed(address compliance);
    /// @notice The mint window lets `available` come into being now.
    error MintWindowExceeded(uint256 available, uint256 amount);
    error LengthMismatch();

    /// @notice Opens an order. Needs the approve power.
    function openOrder(Order calldata order) external;

    /// @notice Opens an order that `approver` signed (EIP-712, or ERC-1271 for a contract); anybody may carry it in.
    function openOrderBySig(Order calldata order, address approver, bytes calldata signature) external;

    /// @notice Issues one approved chunk of rows. Needs the issue power, which can do nothing else.
    /// @param firstRow       where the cursor stands
    /// @param rows           a row: wallet in the upper 160 bits, amount in the lower 96
    /// @param proof          Merkle proof of keccak256(abi.encode(orderId, firstRow, rows)), pairs sorted
    /// @param skipIneligible skip a row whose receiver is refused, for ever, instead of reverting; a halt, the cap and the
    ///                       compliance contract's own refusal revert all the same
    function issue(
        bytes32 orderId,
        uint256 firstRow,
        bytes32[] calldata rows,
        bytes32[] calldata proof,
        bool skipIneligible
    ) external;

    /// @notice Closes an order for ever, opened or only signed. Needs the approve or the pause power.
    function closeOrder(bytes32 orderId) external;

    /// @notice Narrows the window (rules power), or proposes a wider one (owner). 0, 0: no window, the widest.
    /// @param size   smallest units that may come into being at once
    /// @param period seconds in which as many may come into being again
    function setMintWindow(uint96 size, uint24 period) external;

    /// @notice Applies what the owner proposed: a raise agent who is not the owner at once, the owner after the delay.
    function applyMintWindow() external;

    /// @notice Needs the pause power or the owner.
    function cancelMintWindow() external;

    function mintWindow() external view returns (uint256 size, uint256 period, uint256 available);

    function pendingMintWindow() external view returns (uint256 size, uint256 period, uint256 readyAt);

    function orderOf(bytes32 orderId)
        external
        view
        returns (
            bytes32 rowsRoot,
            uint256 rowCount,
            uint256 nextRow,
            uint256 total,
            uint256 issued,
            uint256 deadline,
            bool closed
        );

    /// @notice Ends units of a holder against a paper. Needs the redeem power; each ref is consumed once.
    function redeem(address from, uint256 amount, bytes32 ref) external;

    function refConsumed(bytes32 ref) external view returns (bool);

    // acts of authority that come most often; each has a form with the ref of its paper
    function setAddressFrozen(address account, bool frozen) external;

    function setAddressFrozen(address account, bool frozen, bytes32 ref) external;

    function forcedTransfer(address from, address to, uint256 amount, bytes32 ref) external returns (bool);

    /// @notice Raw supply (ERC-3643): behind a power nobody holds by default.
    function burn(address from, uint256 amount) external;

    /// @notice Ends units by an order of a court. Needs the force power.
    function burn(address from, uint256 amount, bytes32 ref) external;

    /// @notice Moves the caller's units to many receivers (ERC-3643).
    function batchTransfer(address[] calldata to, uint256[] calldata amounts) external;

    /// @notice The verdict on a transfer by the holder himself; zero if and only if it would pass.
    function explain(address from, address to, uint256 amount) external view returns (uint256 verdict);

    /// @notice The verdict on a transferFrom, allowance included.
    function explainFrom(address spender, address from, address to, uint256 amount)
        external
        view
        returns (uint256 verdict);

    /// @notice The verdict on a movement through any door. `from` is ignored for Issue, `to` for Redeem and Burn.
    function explainMovement(Kind kind, address from, address to, uint256 amount)
        external
        view
        returns (uint256 verdict);

    /// @notice ERC-1404: the lowest failing rule plus one, or 0.
    function detectTransferRestriction(address from, address to, uint256 amount) external view returns (uint8);

    function detectTransferRestrictionFrom(address spender, address from, address to, uint256 amount)
        external
        view
        returns (uint8);

    /// @notice ERC-1404: the refusal id behind a code; "allowed" for 0.
    function messageForTransferRestriction(uint8 code) external view returns (string memory);

    /// @notice The forms of ERC-1643 with the ref of a paper. Need the document power.
    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash, bytes32 ref) external;

    function removeDocument(bytes32 name, bytes32 ref) external;

    function identityRegistry() external view returns (address);

    function compliance() external view returns (address);

    function isFrozen(address account) external view returns (bool);

    function paused() external view returns (bool);

    function halted() external view returns (bool);

    function mode() external view returns (Mode);

    /// @notice Unix seconds until which nobody moves units.
    function lockUpUntil() external view returns (uint256);

    function cap() external view returns (uint256);

    function deployedBlock() external view returns (uint256);

    /// @notice The raw record of an account and the raw config word; see `token/Record.sol` and `token/Config.sol`.
    function recordOf(address account) external view returns (uint256);

    function config() external view returns (uint256);
}
