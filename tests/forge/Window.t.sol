// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IAssetToken, IAssetTokenControl, Order, Power} from "./Fixture.sol";

/// @notice The mint window: a leaky bucket before every unit that comes into being.
contract WindowTest is Fixture {
    uint96 private constant SIZE = 1_000;
    uint24 private constant PERIOD = 1 days;
    address private immutable _raiser = actor("raiser");

    function setUp() public override {
        super.setUp();
        vm.prank(issuer);
        token.grantPowers(_raiser, Power.RAISE);
        vm.expectEmit(address(token));
        emit IAssetToken.MintWindowSet(SIZE, PERIOD);
        _set(agent, SIZE, PERIOD);
    }

    function _set(address who, uint96 size, uint24 period) private {
        vm.prank(who);
        token.setMintWindow(size, period);
    }

    function _available() private view returns (uint256 available) {
        (,, available) = token.mintWindow();
    }

    function _full(uint256 available, uint256 amount) private {
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.MintWindowExceeded.selector, available, amount));
        vm.prank(agent);
        token.mint(alice, amount);
    }

    function test_no_more_than_its_size_at_once() public {
        _full(1_000, 1_001);
        give(alice, 600);
        _full(400, 401);
        give(alice, 400);
        _full(0, 1);
    }

    function test_it_runs_empty_evenly() public {
        give(alice, 1_000);
        vm.warp(START + PERIOD / 2);
        same(_available(), 500, "half");
        give(alice, 500);
        vm.warp(START + PERIOD + PERIOD / 2);
        same(_available(), 1_000, "all");
    }

    function test_no_rounding_is_lost_by_looking_often() public {
        give(alice, 1_000);
        for (uint256 i = 1; i <= 100; ++i) {
            vm.warp(START + i * 100); // a unit leaks every 86.4 s
            give(alice, 1);
        }
        // 10,000 s let 115 units leak; 100 came into being
        same(_available(), 15, "available");
    }

    function testFuzz_never_more_than_size_and_what_leaks(uint256[6] memory waits, uint256[6] memory wanted) public {
        uint256 made;
        uint256 time = START;
        for (uint256 i = 0; i < waits.length; ++i) {
            time += within(waits[i], 0, 2 * uint256(PERIOD) / 6);
            vm.warp(time);
            uint256 amount = within(wanted[i], 0, _available());
            give(alice, amount);
            made += amount;
            yes(made <= SIZE + uint256(SIZE) * (time - START) / PERIOD, "too much");
        }
    }

    function test_orders_fill_it_too() public {
        bytes32[] memory rows = new bytes32[](1);
        rows[0] = bytes32(uint256(uint160(alice)) << 96 | 1_001);
        bytes32 root = keccak256(abi.encode(bytes32("o"), uint256(0), rows));
        vm.prank(approver);
        token.openOrder(Order("o", root, "f", 1, 1_001, START + 1));
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.MintWindowExceeded.selector, 1_000, 1_001));
        vm.prank(agent);
        token.issue("o", 0, rows, new bytes32[](0), false);
        (,, uint256 next,,,,) = token.orderOf("o");
        same(next, 0, "the row is not lost");
    }

    function test_narrowing_is_immediate_and_keeps_what_came_into_being() public {
        give(alice, 900);
        _set(agent, 500, PERIOD);
        same(_available(), 0, "available");
        vm.warp(START + PERIOD);
        same(_available(), 100, "900 less 500 that leaked");
        expectPowerMissing(issuer, Power.RULES);
        _set(issuer, 400, PERIOD);
    }

    function test_wider_waits_for_a_second_hand_or_the_delay() public {
        expectNotOwner(agent);
        _set(agent, SIZE + 1, PERIOD);
        expectNotOwner(agent);
        _set(agent, SIZE, PERIOD - 1);
        vm.expectEmit(address(token));
        emit IAssetToken.MintWindowProposed(2_000, PERIOD, START + DELAY);
        _set(issuer, 2_000, PERIOD);
        same(_available(), 1_000, "not yet");
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetTokenControl.SlotNotReady.selector, bytes32("mintWindow"), START + DELAY
            )
        );
        vm.prank(issuer);
        token.applyMintWindow();
        vm.prank(_raiser);
        token.applyMintWindow();
        same(_available(), 2_000, "by a second hand");
        _set(issuer, 3_000, PERIOD);
        vm.warp(START + DELAY);
        vm.prank(issuer);
        token.applyMintWindow();
        same(_available(), 3_000, "after the delay");
    }

    function test_the_owner_is_not_his_own_second_hand() public {
        vm.prank(issuer);
        token.grantPowers(issuer, Power.RAISE);
        _set(issuer, 2_000, PERIOD);
        vm.expectRevert();
        vm.prank(issuer);
        token.applyMintWindow();
        expectPowerMissing(stranger, Power.RAISE);
        vm.prank(stranger);
        token.applyMintWindow();
    }

    function test_a_raise_agent_alone_can_do_nothing() public {
        vm.expectRevert(
            abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, bytes32("mintWindow"), 0)
        );
        vm.prank(_raiser);
        token.applyMintWindow();
        expectNotOwner(_raiser);
        _set(_raiser, 2_000, PERIOD);
    }

    function test_a_proposal_is_cancelled_by_pause_or_by_narrowing() public {
        _set(issuer, 2_000, PERIOD);
        expectPowerMissing(_raiser, Power.PAUSE);
        vm.prank(_raiser);
        token.cancelMintWindow();
        vm.expectEmit(address(token));
        emit IAssetToken.MintWindowCancelled(2_000, PERIOD);
        vm.prank(agent);
        token.cancelMintWindow();
        _set(issuer, 2_000, PERIOD);
        _set(agent, 900, PERIOD);
        (,, uint256 readyAt) = token.pendingMintWindow();
        same(readyAt, 0, "dropped");
        vm.expectRevert();
        vm.prank(_raiser);
        token.applyMintWindow();
    }

    function test_none_is_the_widest() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        _set(issuer, 5, 0);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        _set(issuer, 0, 5);
        expectNotOwner(agent);
        _set(agent, 0, 0);
        _set(issuer, 0, 0);
        vm.prank(_raiser);
        token.applyMintWindow();
        same(_available(), type(uint256).max, "none");
        give(alice, CAP);
    }
}
