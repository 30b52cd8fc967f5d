// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IERC20Errors, IERC7943Fungible, Kind, Vm} from "./Fixture.sol";

/// @notice ERC-7943 (fungible) to the letter, with the traps of a token that is ERC-3643 too.
contract Erc7943Test is Fixture {
    address private immutable _holder = actor("holder");

    function setUp() public override {
        super.setUp();
        admit(registry, _holder, RETAIL, HK);
        give(_holder, 1_000);
    }

    bytes32 private constant FROZEN = keccak256("Frozen(address,uint256)");

    function test_7943_id_is_that_of_the_standard() public view {
        same(uint32(type(IERC7943Fungible).interfaceId), 0x3edbb4c4, "id");
        yes(token.supportsInterface(0x3edbb4c4), "claimed");
    }

    function test_7943_more_may_be_frozen_than_there_is() public {
        freezeAmount(_holder, type(uint256).max);
        same(token.getFrozenTokens(_holder), type(uint256).max, "frozen");
        no(token.canTransfer(_holder, bob, 1), "no unit is free");
        yes(token.canTransfer(_holder, bob, 0), "nothing is");
        freezeAmount(stranger, 1); // holds nothing
    }

    function test_7943_the_unfrozen_error_only_within_the_balance() public {
        freezeAmount(_holder, 400);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, _holder, 601, 600)
        );
        move(_holder, bob, 601);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, _holder, 1_000, 1_001)
        );
        move(_holder, bob, 1_001);
    }

    function test_7943_both_families_of_events() public {
        vm.recordLogs();
        freezeAmount(_holder, 400);
        vm.prank(agent);
        token.freezePartialTokens(_holder, 100);
        vm.prank(agent);
        token.unfreezePartialTokens(_holder, 50);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(count(logs, FROZEN), 3, "Frozen, absolute");
        same(count(logs, keccak256("TokensFrozen(address,uint256)")), 2, "TokensFrozen, the change");
        same(count(logs, keccak256("TokensUnfrozen(address,uint256)")), 1, "TokensUnfrozen");
        uint256 last = indexOf(logs, FROZEN, indexOf(logs, keccak256("TokensUnfrozen(address,uint256)"), 0));
        same(abi.decode(logs[last].data, (uint256)), 450, "absolute");
    }

    function test_7943_a_forced_self_transfer_leaves_the_freeze() public {
        freezeAmount(_holder, 1_000);
        vm.recordLogs();
        vm.prank(agent);
        token.forcedTransfer(_holder, _holder, 1_000);
        same(count(vm.getRecordedLogs(), FROZEN), 0, "Frozen");
        same(token.getFrozenTokens(_holder), 1_000, "frozen");
    }

    function test_7943_account_questions_reflect_a_halt_not_the_pause() public {
        vm.prank(agent);
        token.pause();
        yes(token.canSend(_holder) && token.canReceive(_holder), "paused");
        no(token.canTransfer(_holder, bob, 0), "paused transfer");
        halt();
        no(token.canSend(_holder) || token.canReceive(_holder), "halted");
    }

    function test_7943_canTransfer_is_not_about_the_balance() public view {
        yes(token.canTransfer(bob, alice, 1_000), "bob has nothing");
        no(token.canTransfer(_holder, stranger, 0), "stranger");
    }

    function test_7943_account_questions_never_revert() public view {
        address[4] memory odd = [address(0), address(token), address(registry), address(1)];
        for (uint256 i = 0; i < odd.length; ++i) {
            no(token.canSend(odd[i]), "send");
            no(token.canReceive(odd[i]), "receive");
            no(token.canTransfer(odd[i], odd[i], type(uint256).max), "transfer");
            for (uint8 kind = 0; kind <= uint8(type(Kind).max); ++kind) {
                token.explainMovement(Kind(kind), odd[i], odd[i], type(uint256).max);
            }
        }
    }

    function test_7943_canReceive_refuses_what_force_refuses() public {
        address[4] memory to = [address(0), address(token), stranger, bob];
        for (uint256 i = 0; i < to.length; ++i) {
            bool can = token.canReceive(to[i]);
            if (!can) vm.expectRevert();
            vm.prank(agent);
            token.forcedTransfer(_holder, to[i], 1);
        }
    }
}
