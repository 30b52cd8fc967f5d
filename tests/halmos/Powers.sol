// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../../contracts/interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../../contracts/interfaces/IAssetTokenControl.sol";
import {IERC7943Fungible} from "../../contracts/interfaces/IERC7943.sol";
import {IPowers} from "../../contracts/interfaces/IPowers.sol";
import {Mode} from "../../contracts/interfaces/Types.sol";
import {Power} from "../../contracts/token/Power.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice What nobody can change without the power that guards it. "Anybody" is any address at all, with any set of the other
///         powers.
contract PowerProperties is Symbolic {
    /// Somebody with these powers and no more; neither the owner nor the registry nor the agent of the fixture.
    function _grant(address who, uint256 powers) private {
        vm.assume(who != issuer && who != agent && who != address(registry) && who != address(0));
        vm.prank(issuer);
        token.grantPowers(who, powers);
    }

    /// Shows: without the force power nobody moves or burns another's units
    /// Bound: any caller with any set of other powers, any amount; three calls
    function check_force_guards_balances(address who, uint256 powers, uint256 amount) public {
        vm.assume(powers & (Power.FORCE | Power.RAW_SUPPLY) == 0);
        vm.assume(who != alice);
        give(alice, 1_000);
        _grant(who, powers);
        _try(who, abi.encodeCall(IERC7943Fungible.forcedTransfer, (alice, bob, amount)));
        _try(who, abi.encodeWithSignature("burn(address,uint256,bytes32)", alice, amount, REF));
        _try(who, abi.encodeWithSignature("burn(address,uint256)", alice, amount));
        assert(token.balanceOf(alice) == 1_000 && token.balanceOf(bob) == 0);
    }

    /// Shows: without the raw supply power nobody mints
    /// Bound: any caller with any set of other powers, any receiver and amount; one call
    function check_raw_supply_guards_the_supply(address who, uint256 powers, address to, uint256 amount) public {
        vm.assume(powers & Power.RAW_SUPPLY == 0);
        _grant(who, powers);
        _try(who, abi.encodeWithSignature("mint(address,uint256)", to, amount));
        assert(token.totalSupply() == 0 && token.balanceOf(to) == 0);
    }

    /// Shows: without the redeem power nobody redeems, not even the holder
    /// Bound: any caller with any set of other powers, any amount and ref; one call
    function check_redeem_guards_redemptions(address who, uint256 powers, uint256 amount, bytes32 ref) public {
        vm.assume(powers & Power.REDEEM == 0);
        give(alice, 1_000);
        _grant(who, powers);
        _try(who, abi.encodeCall(IAssetToken.redeem, (alice, amount, ref)));
        assert(token.balanceOf(alice) == 1_000 && !token.refConsumed(ref));
    }

    /// Shows: without the freeze power nobody changes a freeze
    /// Bound: any caller with any set of other powers, any account and amount; three calls
    function check_freeze_guards_freezes(address who, uint256 powers, address account, uint256 amount) public {
        vm.assume(powers & Power.FREEZE == 0);
        _grant(who, powers);
        _try(who, abi.encodeWithSignature("setAddressFrozen(address,bool)", account, true));
        _try(who, abi.encodeWithSignature("setFrozenTokens(address,uint256)", account, amount));
        _try(who, abi.encodeWithSignature("freezePartialTokens(address,uint256)", account, amount));
        assert(!token.isFrozen(account) && token.getFrozenTokens(account) == 0);
    }

    /// Shows: without the pause power nobody pauses or halts, and no agent ends a halt
    /// Bound: any caller with any set of other powers; three calls
    function check_pause_guards_the_stops(address who, uint256 powers) public {
        _grant(who, powers);
        bool paused = _try(who, abi.encodeWithSignature("pause()"));
        bool halted = _try(who, abi.encodeCall(IAssetTokenControl.halt, (REF)));
        assert(paused == (powers & Power.PAUSE != 0) && halted == paused);
        assert(token.paused() == paused && token.halted() == halted);
        assert(!_try(who, abi.encodeCall(IAssetTokenControl.unhalt, (REF))));
    }

    /// Shows: nobody but the owner loosens a term, whatever powers he holds
    /// Bound: any caller with any set of powers, any cap and lock-up; three calls
    function check_nobody_but_the_owner_loosens(address who, uint256 powers, uint128 cap, uint40 until) public {
        vm.prank(issuer);
        token.grantPowers(issuer, Power.RULES);
        vm.startPrank(issuer);
        token.setCap(CAP);
        token.setLockUp(VALID);
        token.setMode(Mode.PrimaryOnly);
        vm.stopPrank();
        _grant(who, powers);
        _try(who, abi.encodeCall(IAssetTokenControl.setCap, (cap)));
        _try(who, abi.encodeCall(IAssetTokenControl.setLockUp, (until)));
        _try(who, abi.encodeCall(IAssetTokenControl.setMode, (Mode.Open)));
        assert(token.cap() <= CAP && token.lockUpUntil() >= VALID && token.mode() == Mode.PrimaryOnly);
        if (powers & Power.RULES == 0) assert(token.cap() == CAP && token.lockUpUntil() == VALID);
    }

    /// Shows: nobody but the owner changes powers or the ownership
    /// Bound: any caller with any set of powers, any account and mask; five calls
    function check_only_the_owner_grants(address who, uint256 powers, address to, uint256 mask) public {
        vm.assume(to != who);
        _grant(who, powers);
        uint256 before = token.powersOf(to);
        _try(who, abi.encodeCall(IPowers.grantPowers, (to, mask)));
        _try(who, abi.encodeCall(IPowers.revokePowers, (to, mask)));
        _try(who, abi.encodeCall(IPowers.removeAgent, (to)));
        _try(who, abi.encodeCall(IPowers.transferOwnership, (to)));
        _try(who, abi.encodeCall(IPowers.acceptOwnership, ()));
        assert(token.powersOf(to) == before && token.powersOf(who) == powers);
        assert(token.owner() == issuer && token.pendingOwner() == address(0));
    }

    /// Shows: admitting and recovering never lie in one hand, and no power exists that has no name
    /// Bound: any account and any two masks in a row; two calls
    function check_admit_and_recover_never_in_one_hand(address who, uint256 one, uint256 two) public {
        vm.startPrank(issuer);
        try token.grantPowers(who, one) {} catch {}
        try token.grantPowers(who, two) {} catch {}
        vm.stopPrank();
        uint256 has = token.powersOf(who);
        uint256 both = Power.ADMIT | Power.RECOVER;
        assert(has & both != both && has <= Power.ALL);
    }

    /// Shows: the ownership goes to the named successor only, and only when he takes it
    /// Bound: any successor and any other caller; three calls
    function check_ownership_takes_two_steps(address next, address other) public {
        vm.assume(next != other && next != issuer && next != address(0) && other != issuer);
        vm.prank(issuer);
        token.transferOwnership(next);
        assert(!_try(other, abi.encodeCall(IPowers.acceptOwnership, ())));
        assert(token.owner() == issuer);
        assert(_try(next, abi.encodeCall(IPowers.acceptOwnership, ())));
        assert(token.owner() == next && token.pendingOwner() == address(0));
    }
}
