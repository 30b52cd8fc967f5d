// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Wallet1271} from "./Contracts.sol";
import {Fixture, IAssetToken, IERC20Errors, Kind, Order, Power, Verdict, Vm} from "./Fixture.sol";
import {Merkle} from "./Merkle.sol";

contract IssueTest is Fixture {
    bytes32 private constant ID = "order 1";
    bytes32[] private _rows;
    Order private _order;

    function setUp() public override {
        super.setUp();
        _rows.push(Merkle.row(alice, 100));
        _rows.push(Merkle.row(bob, 200));
        _rows.push(Merkle.row(carol2, 300));
        _rows.push(Merkle.row(alice, 400));
        _rows.push(Merkle.row(bob, 500));
        _order = Order(ID, Merkle.root(_leaves()), "file", 5, 1_500, START + 1 days);
    }

    // -------------------------------------------------------------------------------------------- the good case

    function test_issue_every_chunk_moves_the_cursor_and_nothing_is_left() public {
        _open();
        _issue(0, false);
        _expectOrder(2, 300);
        _issue(1, false);
        _issue(2, false);
        _expectOrder(5, 1_500);
        same(token.balanceOf(alice), 500, "alice");
        same(token.balanceOf(bob), 700, "bob");
        same(token.balanceOf(carol2), 300, "carol2");
        same(token.totalSupply(), 1_500, "supply");
    }

    function test_issue_logs_each_row_and_the_chunk() public {
        _open();
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(0), alice, 100);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(0), bob, 200);
        vm.expectEmit(address(token));
        emit IAssetToken.OrderExecuted(ID, 0, 2, 300);
        _issue(0, false);
    }

    // ------------------------------------------------------------------------------------------------- the cursor

    function test_issue_the_same_chunk_again_is_out_of_turn() public {
        _open();
        _issue(0, false);
        _refused(0, abi.encodeWithSelector(IAssetToken.OrderOutOfTurn.selector, ID, 2, 0));
        _issue(1, false);
        _issue(2, false);
        _refused(2, abi.encodeWithSelector(IAssetToken.OrderOutOfTurn.selector, ID, 5, 4));
    }

    function test_issue_a_later_chunk_first_is_out_of_turn() public {
        _open();
        _refused(1, abi.encodeWithSelector(IAssetToken.OrderOutOfTurn.selector, ID, 0, 2));
    }

    function test_issue_no_rows_is_out_of_turn() public {
        _open();
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderOutOfTurn.selector, ID, 0, 0));
        vm.prank(agent);
        token.issue(ID, 0, new bytes32[](0), new bytes32[](0), false);
    }

    function test_issue_a_first_row_that_overflows_is_out_of_turn() public {
        _open();
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderOutOfTurn.selector, ID, 0, type(uint256).max));
        vm.prank(agent);
        token.issue(ID, type(uint256).max, Merkle.chunk(_rows, 2, 0), new bytes32[](0), false);
    }

    function test_issue_more_rows_than_approved_is_out_of_turn() public {
        _order.rowCount = 1; // the tree says two rows in the first chunk
        _open();
        _refused(0, abi.encodeWithSelector(IAssetToken.OrderOutOfTurn.selector, ID, 0, 0));
    }

    // --------------------------------------------------------------------------------------------------- the rows

    function test_issue_other_rows_are_not_approved() public {
        _open();
        bytes32[] memory rows = Merkle.chunk(_rows, 2, 0);
        rows[0] = Merkle.row(alice, 101);
        _refusedRows(rows);
        rows[0] = Merkle.row(bob, 100);
        _refusedRows(rows);
    }

    function test_issue_a_part_of_a_chunk_is_not_approved() public {
        _open();
        bytes32[] memory rows = new bytes32[](1);
        rows[0] = _rows[0];
        _refusedRows(rows);
    }

    function test_issue_rows_of_another_order_are_not_approved() public {
        _order.orderId = "order 2"; // the tree is that of order 1
        _open();
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderRowsNotApproved.selector, bytes32("order 2"), 0));
        vm.prank(agent);
        token.issue("order 2", 0, Merkle.chunk(_rows, 2, 0), Merkle.proof(_leaves(), 0), false);
    }

    function testFuzz_issue_any_cut_into_chunks_verifies(uint256 seed, uint8 rowCount, uint8 size) public {
        uint256 n = within(rowCount, 1, 40);
        uint256 cut = within(size, 1, 12);
        bytes32[] memory rows = new bytes32[](n);
        uint128 total;
        for (uint256 i = 0; i < n; ++i) {
            uint96 amount = uint96(uint256(keccak256(abi.encode(seed, i))) % 1e9 + 1);
            rows[i] = Merkle.row(i % 2 == 0 ? alice : bob, amount);
            total += amount;
        }
        bytes32[] memory leaves = Merkle.leaves(ID, rows, cut);
        vm.prank(approver);
        token.openOrder(Order(ID, Merkle.root(leaves), "file", uint32(n), total, START));
        for (uint256 i = 0; i < leaves.length; ++i) {
            vm.prank(agent);
            token.issue(ID, i * cut, Merkle.chunk(rows, cut, i), Merkle.proof(leaves, i), false);
        }
        same(token.totalSupply(), total, "supply");
    }

    // ------------------------------------------------------------------------------------- ineligible rows, total

    function test_issue_an_ineligible_row_stops_the_chunk() public {
        _open();
        expire(bob);
        _refused(0, abi.encodeWithSelector(IAssetToken.RowRefused.selector, ID, 1, bob, Verdict.TO_EXPIRED));
        _expectOrder(0, 0);
    }

    function test_issue_an_ineligible_row_is_skipped_for_ever() public {
        _open();
        expire(bob);
        vm.expectEmit(address(token));
        emit IAssetToken.RowSkipped(ID, 1, bob, 200, Verdict.TO_EXPIRED);
        _issue(0, true);
        _expectOrder(2, 100);
        same(token.balanceOf(bob), 0, "bob");
        _refused(0, abi.encodeWithSelector(IAssetToken.OrderOutOfTurn.selector, ID, 2, 0));
    }

    function test_issue_nothing_is_skipped_because_of_the_token_itself() public {
        _open();
        halt();
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.RowRefused.selector, ID, 0, alice, Verdict.HALTED));
        _issue(0, true);
    }

    function test_issue_nothing_is_skipped_because_of_the_cap() public {
        _open();
        vm.prank(agent);
        token.setCap(250);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.RowRefused.selector, ID, 1, bob, Verdict.CAP));
        _issue(0, true);
    }

    function test_issue_the_rows_may_not_exceed_the_total() public {
        _order.total = 299;
        _open();
        _refused(0, abi.encodeWithSelector(IAssetToken.OrderTotalExceeded.selector, ID, 299, 300));
    }

    function test_issue_a_row_to_nobody_or_the_token_is_refused() public {
        address[2] memory wrong = [address(0), address(token)];
        for (uint256 i = 0; i < wrong.length; ++i) {
            same(
                token.explainMovement(Kind.Issue, address(0), wrong[i], 1) & Verdict.RECEIVER, Verdict.RECEIVER, "verdict"
            );
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, wrong[i]));
            give(wrong[i], 1);
        }
    }

    function test_issue_up_to_the_cap_and_no_unit_more() public {
        give(alice, CAP);
        same(token.explainMovement(Kind.Issue, address(0), bob, 1), Verdict.CAP, "verdict");
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.CapExceeded.selector, CAP, CAP, 1));
        give(bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.CapExceeded.selector, CAP, CAP, type(uint256).max));
        give(bob, type(uint256).max);
    }

    // -------------------------------------------------------------------------------------- deadline, open, close

    function test_issue_and_open_end_with_the_deadline() public {
        _open();
        vm.warp(_order.deadline);
        _issue(0, false);
        vm.warp(_order.deadline + 1);
        _refused(1, abi.encodeWithSelector(IAssetToken.OrderExpired.selector, ID, _order.deadline));
        _order.orderId = "late";
        _openRefused(abi.encodeWithSelector(IAssetToken.OrderExpired.selector, bytes32("late"), _order.deadline));
    }

    function test_issue_under_an_unknown_order_is_refused() public {
        _refused(0, abi.encodeWithSelector(IAssetToken.OrderUnknown.selector, ID));
    }

    function test_open_twice_is_refused() public {
        _open();
        _order.rowsRoot = "other rows";
        _openRefused(abi.encodeWithSelector(IAssetToken.OrderExists.selector, ID));
        _order = Order("empty", "root", "file", 0, 1, START);
        _openRefused(abi.encodeWithSelector(IAssetToken.OrderInvalid.selector, bytes32("empty")));
        _order = Order("empty", "root", "file", 1, 0, START);
        _openRefused(abi.encodeWithSelector(IAssetToken.OrderInvalid.selector, bytes32("empty")));
    }

    function test_close_stops_an_open_order() public {
        _open();
        _issue(0, false);
        vm.prank(agent); // the pause power closes too
        token.closeOrder(ID);
        _refused(1, abi.encodeWithSelector(IAssetToken.OrderIsClosed.selector, ID));
        _openRefused(abi.encodeWithSelector(IAssetToken.OrderIsClosed.selector, ID));
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderIsClosed.selector, ID));
        vm.prank(approver);
        token.closeOrder(ID);
    }

    function test_close_kills_an_order_signed_but_not_opened() public {
        bytes memory signature = _signed(APPROVER_KEY);
        vm.prank(approver);
        token.closeOrder(ID);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderIsClosed.selector, ID));
        token.openOrderBySig(_order, approver, signature);
    }

    // ------------------------------------------------------------------------------------------------- signatures

    function test_openBySig_anybody_may_carry_it_in() public {
        bytes memory signature = _signed(APPROVER_KEY);
        vm.prank(stranger);
        token.openOrderBySig(_order, approver, signature);
        _issue(0, false);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderExists.selector, ID));
        token.openOrderBySig(_order, approver, signature);
    }

    function test_openBySig_refuses_another_signer_and_another_order() public {
        _sigRefused(approver, _signed(0xBAD));
        bytes memory signature = _signed(APPROVER_KEY);
        _order.total += 1;
        _sigRefused(approver, signature);
        _sigRefused(approver, new bytes(0));
        _sigRefused(approver, new bytes(65));
    }

    function test_openBySig_refuses_a_signer_without_the_power() public {
        _sigRefused(vm.addr(0xBAD), _signed(0xBAD));
        vm.prank(issuer);
        token.revokePowers(approver, Power.APPROVE);
        _sigRefused(approver, _signed(APPROVER_KEY));
    }

    function test_openBySig_is_bound_to_token_and_chain() public {
        bytes memory signature = _signed(APPROVER_KEY);
        vm.chainId(177);
        _sigRefused(approver, signature);
        vm.chainId(31337);
        (token,) = newToken(terms(), "twin");
        _sigRefused(approver, signature);
    }

    function test_openBySig_takes_a_contract_as_approver() public {
        address wallet = address(new Wallet1271(vm.addr(0xB0B)));
        bytes32 digest = _digest();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xB0B, digest);
        bytes memory signature = abi.encode(r, s, v);
        _sigRefused(wallet, signature); // it has no power yet
        vm.prank(issuer);
        token.grantPowers(wallet, Power.APPROVE);
        (v, r, s) = vm.sign(0xBAD, digest);
        _sigRefused(wallet, abi.encode(r, s, v));
        token.openOrderBySig(_order, wallet, signature);
        _issue(0, false);
    }

    // ---------------------------------------------------------------------------------------------------- helpers

    function _leaves() private view returns (bytes32[] memory) {
        return Merkle.leaves(ID, _rows, 2);
    }

    function _open() private {
        vm.prank(approver);
        token.openOrder(_order);
    }

    function _issue(uint256 index, bool skip) private {
        bytes32[] memory rows = Merkle.chunk(_rows, 2, index);
        bytes32[] memory proof = Merkle.proof(_leaves(), index);
        vm.prank(agent);
        token.issue(ID, index * 2, rows, proof, skip);
    }

    function _refused(uint256 index, bytes memory error) private {
        vm.expectRevert(error);
        _issue(index, false);
    }

    function _refusedRows(bytes32[] memory rows) private {
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderRowsNotApproved.selector, ID, 0));
        vm.prank(agent);
        token.issue(ID, 0, rows, Merkle.proof(_leaves(), 0), true);
    }

    function _openRefused(bytes memory error) private {
        vm.expectRevert(error);
        _open();
    }

    function _expectOrder(uint256 nextRow, uint256 issued) private view {
        (,, uint256 next,, uint256 done,,) = token.orderOf(ID);
        same(next, nextRow, "cursor");
        same(done, issued, "issued");
    }

    /// EIP-712 by hand.
    function _digest() private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("hashkit"),
                keccak256("1"),
                block.chainid,
                address(token)
            )
        );
        bytes32 body = keccak256(
            abi.encode(
                keccak256(
                    "Order(bytes32 orderId,bytes32 rowsRoot,bytes32 fileHash,uint32 rowCount,uint128 total,uint40 deadline)"
                ),
                _order.orderId,
                _order.rowsRoot,
                _order.fileHash,
                _order.rowCount,
                _order.total,
                _order.deadline
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, body));
    }

    function _signed(uint256 key) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _digest());
        return abi.encodePacked(r, s, v);
    }

    function _sigRefused(address who, bytes memory signature) private {
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderNotApproved.selector, _order.orderId, who));
        token.openOrderBySig(_order, who, signature);
    }
}
