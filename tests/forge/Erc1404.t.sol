// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1404, IERC1404Spender} from "../../contracts/interfaces/IERC1404.sol";
import {Fixture, Mode} from "./Fixture.sol";

/// @notice ERC-1404 with its spender extension: a transfer is refused if and only if the code is not zero.
contract Erc1404Test is Fixture {
    address private immutable _holder = actor("holder");

    function setUp() public override {
        super.setUp();
        admit(registry, _holder, RETAIL, HK);
        give(_holder, 1_000);
    }

    function test_1404_ids_are_those_of_the_drafts() public view {
        same(uint32(type(IERC1404).interfaceId), 0xab84a5c8, "1404");
        same(uint32(type(IERC1404Spender).interfaceId), 0xd32c7bb5, "spender");
        yes(token.supportsInterface(0xab84a5c8), "1404 claimed");
        yes(token.supportsInterface(0xd32c7bb5), "spender claimed");
        yes(token.supportsInterface(0x78a8de7d), "both in one");
    }

    function testFuzz_1404_code_is_zero_if_and_only_if_the_transfer_passes(
        uint256 amount,
        uint256 allowed,
        uint256 frozen,
        uint8 state
    ) public {
        amount = within(amount, 0, 1_500);
        allowed = within(allowed, 0, 1_500);
        freezeAmount(_holder, within(frozen, 0, 1_500));
        if (state & 1 != 0) freeze(bob);
        if (state & 2 != 0) freeze(alice);
        vm.startPrank(agent);
        if (state & 4 != 0) token.pause();
        if (state & 8 != 0) token.setMode(Mode.PrimaryOnly);
        if (state & 16 != 0) token.setLockUp(START + 1);
        vm.stopPrank();
        vm.prank(_holder);
        token.approve(alice, allowed);
        uint8 spent = token.detectTransferRestrictionFrom(alice, _holder, bob, amount);
        uint8 moved = token.detectTransferRestriction(_holder, bob, amount);
        try this.spend(amount) {
            same(spent, 0, "the spender passed");
        } catch (bytes memory answer) {
            same(keccak256(answer) == keccak256(abi.encodeWithSelector(Passed.selector)), spent == 0, "spender");
        }
        (bool ok,) = _transfer(amount);
        same(ok, moved == 0, "holder");
    }

    error Passed();

    /// Takes back what passed, so that the holder's own transfer finds the same state.
    function spend(uint256 amount) external {
        vm.prank(alice);
        token.transferFrom(_holder, bob, amount);
        revert Passed();
    }

    function _transfer(uint256 amount) private returns (bool, bytes memory) {
        vm.prank(_holder);
        return address(token).call(abi.encodeCall(token.transfer, (bob, amount)));
    }

    function test_1404_every_code_has_a_message_and_none_reverts() public view {
        for (uint256 code = 0; code < 256; ++code) {
            yes(bytes(token.messageForTransferRestriction(uint8(code))).length != 0, "message");
        }
    }

    function test_1404_code_is_the_lowest_rule_plus_one_with_its_message() public {
        same(token.detectTransferRestriction(_holder, bob, 1), 0, "allowed");
        same(token.detectTransferRestriction(_holder, bob, 1_001), 31, "balance");
        _message(31, "R-BALANCE");
        same(token.detectTransferRestrictionFrom(alice, _holder, bob, 1), 32, "allowance");
        _message(32, "R-ALLOWANCE");
        freeze(bob);
        same(token.detectTransferRestriction(_holder, bob, 1_001), 5, "frozen");
        _message(5, "R-FROZEN-TO");
        _message(0, "allowed");
        _message(33, "unknown code");
        _message(255, "unknown code");
    }

    function _message(uint8 code, string memory text) private view {
        same(
            uint256(keccak256(bytes(token.messageForTransferRestriction(code)))), uint256(keccak256(bytes(text))), text
        );
    }
}
