// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {Order} from "../interfaces/Types.sol";
import {Bucket} from "./Bucket.sol";
import {Domain} from "./Domain.sol";
import {Door} from "./Door.sol";
import {Gate} from "./Gate.sol";
import {Power} from "./Power.sol";
import {Verdict} from "./Verdict.sol";

/// @notice Exactly once: an order approves rows, a cursor consumes them. The executor's key can do nothing that the
///         approver did not approve.
abstract contract Orders is Gate, Domain, IAssetToken {
    using Bucket for Bucket.Window;

    bytes32 private constant _ORDER = keccak256(
        "Order(bytes32 orderId,bytes32 rowsRoot,bytes32 fileHash,uint32 rowCount,uint128 total,uint40 deadline)"
    );

    /// @dev What fails in the token or outside, not in a row: no row is skipped for ever because of it. A sanctions oracle that
    ///      fails looks like one that lists.
    uint256 private constant _NO_SKIP = Verdict.HALTED | Verdict.CAP | Verdict.HOLDERS | Verdict.HOLDERS_COUNTRY
        | Verdict.SANCTIONS | Verdict.COMPLIANCE;

    /// @inheritdoc IAssetToken
    function openOrder(Order calldata order) external onlyPower(Power.APPROVE) {
        _open(order, msg.sender);
    }

    /// @inheritdoc IAssetToken
    function openOrderBySig(Order calldata order, address approver, bytes calldata signature) external {
        bytes32 digest = _typedDigest(keccak256(abi.encode(_ORDER, order)));
        bool may = _powers[approver] & Power.APPROVE != 0;
        if (!may || !SignatureChecker.isValidSignatureNow(approver, digest, signature)) {
            revert OrderNotApproved(order.orderId, approver);
        }
        _open(order, approver);
    }

    function _open(Order calldata order, address approver) private {
        OrderRecord storage o = _orders[order.orderId];
        if (o.closed) revert OrderIsClosed(order.orderId);
        if (o.rowCount != 0) revert OrderExists(order.orderId);
        if (block.timestamp > order.deadline) revert OrderExpired(order.orderId, order.deadline);
        if (order.rowCount == 0 || order.total == 0) revert OrderInvalid(order.orderId);
        o.rowsRoot = order.rowsRoot;
        o.total = order.total;
        o.rowCount = order.rowCount;
        o.deadline = order.deadline;
        emit OrderOpened(
            order.orderId, approver, order.rowsRoot, order.fileHash, order.rowCount, order.total, order.deadline
        );
    }

    /// @inheritdoc IAssetToken
    function issue(
        bytes32 orderId,
        uint256 firstRow,
        bytes32[] calldata rows,
        bytes32[] calldata proof,
        bool skipIneligible
    ) external onlyPower(Power.ISSUE) {
        OrderRecord storage o = _orders[orderId];
        _checkTurn(o, orderId, firstRow, rows.length);
        bytes32 leaf = keccak256(abi.encode(orderId, firstRow, rows));
        if (!MerkleProof.verifyCalldata(proof, o.rowsRoot, leaf)) revert OrderRowsNotApproved(orderId, firstRow);

        // The cursor moves before any unit does, so that nothing called below can issue these rows again.
        uint256 nextRow = firstRow + rows.length;
        o.nextRow = uint32(nextRow); // <= rowCount, by _checkTurn
        uint256 amount = _issueRows(orderId, firstRow, rows, skipIneligible);
        uint256 issued = o.issued + amount;
        if (issued > o.total) revert OrderTotalExceeded(orderId, o.total, issued);
        o.issued = uint128(issued);
        _window.draw(amount);
        emit OrderExecuted(orderId, firstRow, nextRow, amount);
    }

    function _checkTurn(OrderRecord storage o, bytes32 orderId, uint256 firstRow, uint256 count) private view {
        uint256 rowCount = o.rowCount;
        if (o.closed) revert OrderIsClosed(orderId);
        if (rowCount == 0) revert OrderUnknown(orderId);
        if (block.timestamp > o.deadline) revert OrderExpired(orderId, o.deadline);
        if (firstRow != o.nextRow || count == 0 || firstRow + count > rowCount) {
            revert OrderOutOfTurn(orderId, o.nextRow, firstRow);
        }
    }

    function _issueRows(bytes32 orderId, uint256 firstRow, bytes32[] calldata rows, bool skipIneligible)
        private
        returns (uint256 issued)
    {
        Movement memory m;
        m.door = Door.ISSUE;
        for (uint256 i = 0; i < rows.length; ++i) {
            m.to = address(bytes20(rows[i]));
            m.amount = uint96(uint256(rows[i]));
            (uint256 verdict, uint256 config,, uint256 to) = _assess(m);
            if (verdict == 0) {
                _settle(m, config, 0, to);
                issued += m.amount;
            } else if (skipIneligible && verdict & _NO_SKIP == 0) {
                emit RowSkipped(orderId, firstRow + i, m.to, m.amount, verdict);
            } else {
                revert RowRefused(orderId, firstRow + i, m.to, verdict);
            }
        }
    }

    /// @inheritdoc IAssetToken
    function closeOrder(bytes32 orderId) external onlyPower(Power.APPROVE | Power.PAUSE) {
        OrderRecord storage o = _orders[orderId];
        if (o.closed) revert OrderIsClosed(orderId);
        o.closed = true;
        emit OrderClosed(orderId, msg.sender);
    }

    /// @inheritdoc IAssetToken
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
        )
    {
        OrderRecord storage o = _orders[orderId];
        return (o.rowsRoot, o.rowCount, o.nextRow, o.total, o.issued, o.deadline, o.closed);
    }
}
