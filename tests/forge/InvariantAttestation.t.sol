// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IIdentityRegistry} from "./Fixture.sol";
import {TestBase} from "./TestBase.sol";

/// @notice KYC issuers, investors who bring whatever they ever got, in any encoding, and agents who say otherwise.
contract AttestationHandler is Fixture {
    uint256 private constant _ISSUER_KEY = 0x1551;
    uint256 private constant _ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141; // of secp256k1
    uint256[3] private _keys = [uint256(0x3A11), 0x3A12, 0x3A13];

    IIdentityRegistry.Attestation[] private _signed;
    mapping(bytes32 content => bool spent) private _spent; // used or revoked
    mapping(address wallet => bool out) public out; // revoked, and nothing new was said since
    uint256 public broken;

    constructor() {
        setUp();
        vm.prank(issuer);
        registry.trustIssuer(vm.addr(_ISSUER_KEY));
        vm.warp(START + 1 days);
    }

    function wallet(uint256 i) public view returns (address) {
        return vm.addr(_keys[i % 3]);
    }

    function registryAt() external view returns (IIdentityRegistry) {
        return registry;
    }

    /// The issuer signs something, which nobody need use.
    function attest(uint256 i, uint256 seed) external {
        address who = wallet(i);
        uint40 until = uint40(block.timestamp + seed % 300 days);
        uint40 issued = uint40(block.timestamp - seed % 2 days);
        address investor = investorOf(wallet(seed % 8 == 0 ? i + 1 : i));
        _signed.push(
            IIdentityRegistry.Attestation(vm.addr(_ISSUER_KEY), who, investor, HK, uint8(1 + seed % 2), until, issued)
        );
    }

    /// Brings one of them, in one of four forms of the signature. Fresh ones go in as they are, mostly.
    function bring(uint256 which, uint256 form) public {
        if (_signed.length == 0) return;
        IIdentityRegistry.Attestation memory a =
            _signed[which % 2 == 0 ? _signed.length - 1 : which % _signed.length];
        bytes32 content = registry.attestationDigest(a);
        bytes memory one = _sign(_ISSUER_KEY, content, form % 6);
        bytes memory two = _sign(_keyOf(a.wallet), content, 0);
        vm.prank(stranger);
        try registry.admitByAttestation(a, one, two) {
            if (_spent[content] || form % 6 == 1 || form % 6 == 2 || block.timestamp > a.validUntil) ++broken;
            _spent[content] = true;
            out[a.wallet] = false;
        } catch {}
    }

    function revoke(uint256 which, bool byAgent) external {
        if (_signed.length == 0) return;
        IIdentityRegistry.Attestation memory a = _signed[which % _signed.length];
        bool used = registry.attestationState(a) == IIdentityRegistry.AttestationState.Consumed;
        vm.prank(byAgent ? admitter : a.issuer);
        try registry.revokeAttestation(a) {
            _spent[registry.attestationDigest(a)] = true;
            if (used && !registry.isVerified(a.wallet)) out[a.wallet] = true;
        } catch {}
    }

    function agentActs(uint256 i, uint256 seed) external {
        vm.startPrank(admitter);
        if (seed % 4 == 0) {
            try registry.renew(wallet(i), uint40(block.timestamp + seed % 300 days), "") {
                out[wallet(i)] = false;
            } catch {}
        } else if (seed % 4 == 1) {
            try registry.revoke(wallet(i), "") {
                out[wallet(i)] = true;
            } catch {}
        } else if (seed % 4 == 2) {
            try registry.remove(wallet(i)) {
                out[wallet(i)] = true;
            } catch {}
        } else {
            try registry.deny(wallet(i), seed % 8 == 3, "") {} catch {}
        }
        vm.stopPrank();
    }

    function later(uint256 time) external {
        vm.warp(block.timestamp + within(time, 1, time % 4 == 0 ? 400 days : 1 days));
    }

    function _keyOf(address who) private view returns (uint256 key) {
        for (uint256 i = 0; i < 3; ++i) {
            if (vm.addr(_keys[i]) == who) key = _keys[i];
        }
    }

    function _sign(uint256 key, bytes32 digest, uint256 form) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        if (form == 1) return abi.encodePacked(r, s, v - 27);
        if (form == 2) return abi.encodePacked(r, bytes32(_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        return abi.encodePacked(r, s, v);
    }
}

contract InvariantAttestationTest is TestBase {
    AttestationHandler private _handler;

    function setUp() public {
        _handler = new AttestationHandler();
        bytes4[] memory doors = new bytes4[](5);
        (doors[0], doors[1]) = (_handler.attest.selector, _handler.bring.selector);
        (doors[2], doors[3]) = (_handler.revoke.selector, _handler.agentActs.selector);
        doors[4] = _handler.later.selector;
        target(address(_handler), doors);
    }

    /// Neither the same content, nor another encoding of it, nor time brings back what was revoked or used.
    function invariant_I21_a_revoked_or_expired_statement_never_yields_a_valid_investor() public view {
        same(_handler.broken(), 0, "believed again");
        for (uint256 i = 0; i < 3; ++i) {
            address who = _handler.wallet(i);
            if (_handler.out(who)) no(_handler.registryAt().isVerified(who), "valid again");
        }
    }
}
