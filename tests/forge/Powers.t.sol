// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IPowers, Mode, Order, Power} from "./Fixture.sol";

contract PowersTest is Fixture {
    struct Door {
        uint256 power; // any of these bits opens it
        bytes input;
    }

    // ------------------------------------------------------------------------------------------------ the owner

    function test_V24_owner_changes_in_two_steps() public {
        vm.expectEmit(address(token));
        emit IPowers.OwnershipTransferStarted(issuer, bob);
        vm.prank(issuer);
        token.transferOwnership(bob);
        same(token.owner(), issuer, "not yet");
        same(token.pendingOwner(), bob, "pending");
        expectNotOwner(stranger);
        vm.prank(stranger);
        token.acceptOwnership();
        vm.expectEmit(address(token));
        emit IPowers.OwnershipTransferred(issuer, bob);
        vm.prank(bob);
        token.acceptOwnership();
        same(token.owner(), bob, "owner");
        expectNotOwner(issuer);
        vm.prank(issuer);
        token.grantPowers(issuer, 1);
        expectNotOwner(bob);
        vm.prank(bob);
        token.acceptOwnership();
    }

    function test_owner_cannot_vanish() public {
        vm.prank(issuer);
        token.transferOwnership(address(0)); // takes a proposal back
        expectNotOwner(stranger);
        vm.prank(stranger);
        token.acceptOwnership();
        same(token.owner(), issuer, "owner");
    }

    // ------------------------------------------------------------------------------------------------- grants

    function test_grant_and_revoke_log_the_whole_set() public {
        vm.startPrank(issuer);
        vm.expectEmit(address(token));
        emit IPowers.PowersChanged(bob, Power.FREEZE);
        vm.expectEmit(address(token));
        emit IPowers.AgentAdded(bob);
        token.grantPowers(bob, Power.FREEZE);
        vm.expectEmit(address(token));
        emit IPowers.PowersChanged(bob, Power.FREEZE | Power.PAUSE);
        token.grantPowers(bob, Power.PAUSE);
        same(token.powersOf(bob), Power.FREEZE | Power.PAUSE, "powers");
        token.revokePowers(bob, Power.FREEZE);
        vm.expectEmit(address(token));
        emit IPowers.PowersChanged(bob, 0);
        vm.expectEmit(address(token));
        emit IPowers.AgentRemoved(bob);
        token.removeAgent(bob);
        no(token.isAgent(bob), "agent");
        vm.stopPrank();
    }

    function test_admit_and_recover_are_never_held_together() public {
        uint256 both = Power.ADMIT | Power.RECOVER;
        vm.startPrank(issuer);
        _invalid(both);
        token.grantPowers(bob, both);
        token.grantPowers(bob, Power.ADMIT);
        _invalid(both);
        token.grantPowers(bob, Power.RECOVER);
        _invalid(both);
        token.setAgentDefault(both);
        token.setAgentDefault(Power.RECOVER);
        _invalid(both);
        token.addAgent(bob);
        vm.stopPrank();
    }

    function test_grant_refuses_what_is_no_power() public {
        vm.startPrank(issuer);
        _invalid(Power.ALL + 1);
        token.grantPowers(bob, Power.ALL + 1);
        vm.stopPrank();
    }

    function test_addAgent_grants_the_default_and_nothing_before_there_is_one() public {
        vm.startPrank(issuer);
        _invalid(0);
        token.addAgent(bob);
        token.setAgentDefault(Power.FREEZE);
        token.addAgent(bob);
        same(token.powersOf(bob), Power.FREEZE, "powers");
        vm.stopPrank();
    }

    function test_only_the_owner_grants() public {
        bytes[6] memory calls = [
            abi.encodeCall(IPowers.grantPowers, (bob, 1)),
            abi.encodeCall(IPowers.revokePowers, (bob, 1)),
            abi.encodeCall(IPowers.setAgentDefault, (1)),
            abi.encodeCall(IPowers.addAgent, (bob)),
            abi.encodeCall(IPowers.removeAgent, (bob)),
            abi.encodeCall(IPowers.transferOwnership, (bob))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool ok, bytes memory error) = _call(agent, calls[i]);
            no(ok, "passed");
            same(uint32(bytes4(error)), uint32(IPowers.OwnableUnauthorizedAccount.selector), "token");
            vm.prank(agent);
            (ok,) = address(registry).call(calls[i]);
            no(ok, "registry");
        }
    }

    function _invalid(uint256 powers) private {
        vm.expectRevert(abi.encodeWithSelector(IPowers.PowersInvalid.selector, powers));
    }

    // ------------------------------------------------------------------------------------------- door by power

    /// Every guarded door opens for its power and for no other: all others together are refused.
    function test_I22_each_door_opens_for_its_power_alone() public {
        Door[] memory doors = _doors();
        for (uint256 i = 0; i < doors.length; ++i) {
            address without = address(uint160(0x5000 + i));
            address with = address(uint160(0x6000 + i));
            uint256 others = Power.ALL & ~doors[i].power & ~Power.ADMIT;
            uint256 lowest = doors[i].power & (~doors[i].power + 1);
            vm.startPrank(issuer);
            token.grantPowers(without, others);
            token.grantPowers(with, lowest);
            vm.stopPrank();
            (bool ok, bytes memory error) = _call(without, doors[i].input);
            no(ok, "opened without its power");
            same(
                uint256(keccak256(error)),
                uint256(keccak256(abi.encodeWithSelector(IPowers.PowerMissing.selector, without, doors[i].power))),
                "error"
            );
            (ok, error) = _call(with, doors[i].input);
            no(!ok && bytes4(error) == IPowers.PowerMissing.selector, "closed for its power");
        }
    }

    function _doors() private view returns (Door[] memory d) {
        Order memory order = Order("x", "root", "file", 1, 1, START);
        bytes32[] memory none = new bytes32[](0);
        d = new Door[](24);
        d[0] = Door(Power.APPROVE, abi.encodeCall(token.openOrder, (order)));
        d[1] = Door(Power.APPROVE | Power.PAUSE, abi.encodeCall(token.closeOrder, ("y")));
        d[2] = Door(Power.ISSUE, abi.encodeCall(token.issue, ("x", 0, none, none, false)));
        d[3] = Door(Power.REDEEM, abi.encodeCall(token.redeem, (alice, 0, "p")));
        d[4] = Door(Power.FREEZE, abi.encodeWithSignature("setAddressFrozen(address,bool)", bob, true));
        d[5] = Door(Power.FREEZE, abi.encodeWithSignature("setAddressFrozen(address,bool,bytes32)", bob, true, REF));
        d[6] = Door(Power.FREEZE, abi.encodeWithSignature("freezePartialTokens(address,uint256)", bob, 1));
        d[7] = Door(Power.FREEZE, abi.encodeWithSignature("freezePartialTokens(address,uint256,bytes32)", bob, 1, REF));
        d[8] = Door(Power.FREEZE, abi.encodeWithSignature("unfreezePartialTokens(address,uint256)", bob, 0));
        d[9] =
            Door(Power.FREEZE, abi.encodeWithSignature("unfreezePartialTokens(address,uint256,bytes32)", bob, 0, REF));
        d[10] = Door(Power.FREEZE, abi.encodeWithSignature("setFrozenTokens(address,uint256)", bob, 1));
        d[11] = Door(Power.FREEZE, abi.encodeWithSignature("setFrozenTokens(address,uint256,bytes32)", bob, 1, REF));
        d[12] = Door(Power.FORCE, abi.encodeWithSignature("forcedTransfer(address,address,uint256)", alice, bob, 0));
        d[13] = Door(
            Power.FORCE, abi.encodeWithSignature("forcedTransfer(address,address,uint256,bytes32)", alice, bob, 0, REF)
        );
        d[14] = Door(Power.RAW_SUPPLY, abi.encodeWithSignature("mint(address,uint256)", alice, 0));
        d[15] = Door(Power.RAW_SUPPLY, abi.encodeWithSignature("burn(address,uint256)", alice, 0));
        d[16] = Door(Power.RULES, abi.encodeCall(token.setMode, (Mode.PrimaryOnly)));
        d[17] = Door(Power.RULES, abi.encodeCall(token.setLockUp, (START + 1)));
        d[18] = Door(Power.RULES, abi.encodeCall(token.setClasses, (2)));
        d[19] = Door(Power.PAUSE, abi.encodeWithSignature("pause()"));
        d[20] = Door(Power.PAUSE, abi.encodeWithSignature("unpause()"));
        d[21] = Door(Power.PAUSE, abi.encodeCall(token.cancelCompliance, ()));
        d[22] = Door(Power.PAUSE, abi.encodeCall(token.cancelIdentityRegistry, ()));
        d[23] = Door(Power.PAUSE, abi.encodeCall(token.halt, (REF)));
    }

    function _call(address who, bytes memory input) private returns (bool, bytes memory) {
        vm.prank(who);
        return address(token).call(input);
    }
}
