// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../../contracts/interfaces/IAssetToken.sol";
import {Order} from "../../contracts/interfaces/Types.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice Exactly once: what an order of any row and sum can issue.
contract OrderProperties is Symbolic {
    /// One row for alice, approved as it is.
    function _open(bytes32 id, uint96 amount, uint128 total, uint32 rowCount) private returns (bytes32[] memory rows) {
        rows = new bytes32[](1);
        rows[0] = bytes32((uint256(uint160(alice)) << 96) | amount);
        bytes32 root = keccak256(abi.encode(id, uint256(0), rows));
        vm.assume(total != 0 && rowCount != 0);
        vm.prank(agent);
        token.openOrder(Order(id, root, 0, rowCount, total, VALID));
    }

    function _issue(bytes32 id, uint256 first, bytes32[] memory rows, bool skip) private returns (bool) {
        return _try(agent, abi.encodeCall(IAssetToken.issue, (id, first, rows, new bytes32[](0), skip)));
    }

    /// Shows: a row credits its amount, within the total, and the same row never again
    /// Bound: any order id, amount, total, row count; one row; two calls
    function check_a_row_is_issued_once(bytes32 id, uint96 amount, uint128 total, uint32 rowCount) public {
        bytes32[] memory rows = _open(id, amount, total, rowCount);
        bool ok = _issue(id, 0, rows, false);
        assert(ok == (amount <= total));
        assert(token.balanceOf(alice) == (ok ? amount : 0));
        if (!ok) return;
        assert(!_issue(id, 0, rows, false));
        assert(token.balanceOf(alice) == amount && token.totalSupply() == amount);
    }

    /// Shows: no other row, place or order issues a unit
    /// Bound: any order ids, approved row, offered row and place, with or without skipping; one call
    function check_only_the_approved_row(bytes32 id, bytes32 other, uint96 amount, bytes32 row, uint256 first, bool skip)
        public
    {
        bytes32[] memory rows = _open(id, amount, type(uint128).max, 1);
        vm.assume(other != id || row != rows[0] || first != 0);
        rows[0] = row;
        assert(!_issue(other, first, rows, skip));
        assert(token.totalSupply() == 0);
    }

    /// Shows: an order is opened once, before and after it was closed
    /// Bound: any id, any two totals and counts; three calls
    function check_an_order_is_opened_once(bytes32 id, uint128 total, uint128 again, uint32 rowCount, bool closed) public {
        _open(id, 1, total, rowCount);
        if (closed) {
            vm.prank(agent);
            token.closeOrder(id);
        }
        assert(!_try(agent, abi.encodeCall(IAssetToken.openOrder, (Order(id, 0, 0, rowCount, again, VALID)))));
    }

    /// Shows: a closed or expired order issues nothing
    /// Bound: any id, amount and time; one call
    function check_a_closed_or_expired_order_issues_nothing(bytes32 id, uint96 amount, uint40 time, bool closed) public {
        bytes32[] memory rows = _open(id, amount, type(uint128).max, 1);
        vm.assume(closed || time > VALID);
        if (closed) {
            vm.prank(agent);
            token.closeOrder(id);
        }
        vm.warp(time);
        assert(!_issue(id, 0, rows, true));
        assert(token.totalSupply() == 0);
    }
}
