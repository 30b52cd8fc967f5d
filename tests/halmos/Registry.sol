// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {Standing} from "../../contracts/interfaces/Types.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice What the registry says of a wallet, and what the token makes of it.
contract RegistryProperties is Symbolic {
    function _admit(address wallet, address investor, uint16 country, uint8 class, uint40 validUntil) private returns (bool ok) {
        IIdentityRegistry.Admission[] memory a = new IIdentityRegistry.Admission[](1);
        a[0] = IIdentityRegistry.Admission(wallet, investor, country, class, validUntil);
        vm.prank(admitter);
        (ok,) = address(registry).call(abi.encodeCall(IIdentityRegistry.admit, (a, "file")));
    }

    /// Shows: what is written of a wallet is what is read of it, though it is one packed word
    /// Bound: any wallet, investor, country, class and validity; one call
    function check_an_entry_keeps_every_field(address wallet, address investor, uint16 country, uint8 class, uint40 validUntil)
        public
    {
        vm.assume(!registry.contains(wallet));
        bool ok = _admit(wallet, investor, country, class, validUntil);
        assert(ok == (wallet != address(0) && investor != address(0)));
        Standing memory s = registry.standing(wallet);
        if (!ok) assert(s.investor == address(0));
        else assert(s.investor == investor && s.country == country && s.class == class && s.validUntil == validUntil);
        assert(!s.denied);
    }

    /// Shows: nobody expired or denied is verified, can receive, or gets a unit by a transfer
    /// Bound: any validity, time and denial; one call
    function check_expired_or_denied_is_never_eligible(uint40 validUntil, uint40 time, bool denied) public {
        vm.assume(time >= START && time <= VALID);
        give(alice, 1_000);
        _admit(stranger, stranger, HK, RETAIL, validUntil);
        if (denied) deny(stranger);
        vm.warp(time);
        bool good = time <= validUntil && !denied;
        assert(registry.isVerified(stranger) == good);
        assert(token.canReceive(stranger) == good && token.canSend(stranger) == good);
        assert(_try(alice, abi.encodeCall(IERC20.transfer, (stranger, 1))) == good);
    }

    /// Shows: a revocation reaches a token that believed its copy: no unit leaves afterwards
    /// Bound: any balance, amount and time after the revocation; four calls
    function check_a_revocation_outlives_the_copy(uint128 a, uint256 amount, uint40 time) public {
        vm.assume(time >= START);
        give(alice, a);
        move(alice, bob, 0); // the token keeps what it learned
        expire(alice);
        vm.warp(time);
        assert(!_try(alice, abi.encodeCall(IERC20.transfer, (bob, amount))));
        assert(token.balanceOf(alice) == a);
    }

    /// Shows: nobody without the admit power changes what is said of a wallet
    /// Bound: any caller, wallet, validity; four calls
    function check_admit_guards_the_registry(address who, uint40 validUntil) public {
        vm.assume(who != admitter && who != issuer);
        bytes[4] memory acts = [
            abi.encodeCall(IIdentityRegistry.renew, (alice, validUntil, REF)),
            abi.encodeCall(IIdentityRegistry.revoke, (alice, REF)),
            abi.encodeCall(IIdentityRegistry.deny, (alice, true, REF)),
            abi.encodeCall(IIdentityRegistry.remove, (alice))
        ];
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(who);
            (bool ok,) = address(registry).call(acts[i]);
            assert(!ok);
        }
        assert(registry.isVerified(alice) && registry.standing(alice).validUntil == VALID);
    }

    /// Shows: a wallet that is linked has its investor's standing, to the field
    /// Bound: any wallet; one call
    function check_a_link_shares_the_standing(address wallet) public {
        vm.assume(wallet != address(0) && !registry.contains(wallet));
        vm.prank(admitter);
        registry.link(alice, wallet);
        assert(keccak256(abi.encode(registry.standing(wallet))) == keccak256(abi.encode(registry.standing(alice))));
    }
}
