// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RuleWord} from "../../contracts/rules/RuleWord.sol";
import {Oracle} from "./Contracts.sol";
import {RuleBookFixture} from "./Fixture.sol";

/// @notice Whatever rule is on, a mask of the rule word shows it: what a mask does not show is not asked.
contract RuleMasksTest is RuleBookFixture {
    uint256 private constant _STATE = type(uint160).max | RuleWord.COUNTING | RuleWord.ARMED | RuleWord.INITIALISED;

    function _word() private view returns (uint256) {
        return uint256(vm.load(address(book), bytes32(0)));
    }

    function test_masks_show_every_rule_that_can_be_set() public {
        same(_word() & ~_STATE, 0, "most units alone");
        _shown(abi.encodeCall(book.setMinimumHolding, (1)), RuleWord.FURTHER);
        _shown(abi.encodeCall(book.setMaxHolders, (1)), RuleWord.FURTHER);
        _shown(abi.encodeCall(book.setMaxHoldersIn, (HK, 1)), RuleWord.FURTHER);
        _shown(abi.encodeCall(book.setVelocity, (1, 1)), RuleWord.FURTHER);
        _shown(abi.encodeCall(book.setHoldingPeriod, (1)), RuleWord.PLAIN);
        _shown(abi.encodeCall(book.setDenomination, (2)), RuleWord.PLAIN);
        _shown(abi.encodeCall(book.setDenomination, (20)), RuleWord.PLAIN);
        _shown(abi.encodeCall(book.setSanctionsOracle, (address(new Oracle()))), RuleWord.PLAIN);
    }

    function _shown(bytes memory set, uint256 mask) private {
        uint256 before = vm.snapshotState();
        vm.prank(agent);
        (bool done,) = address(book).call(set);
        yes(done, "set");
        yes(_word() & mask != 0, "shown by its mask");
        same(_word() & ~_STATE & ~(RuleWord.PLAIN | RuleWord.FURTHER) & ~(uint256(255) << 160), 0, "nothing else");
        vm.revertToState(before);
    }
}
