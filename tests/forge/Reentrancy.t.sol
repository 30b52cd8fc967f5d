// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IIdentityRegistry} from "./Fixture.sol";

/// @notice A token owner's contract in the place of a rule book. When the registry's push reaches it, it calls the registry.
contract EnteringBook {
    address public immutable token;
    address private immutable _registry;
    bytes private _call;
    uint256 public entered;

    constructor(address token_, address registry_) {
        (token, _registry) = (token_, registry_);
    }

    function enterWith(bytes calldata call_) external {
        _call = call_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id != 0xffffffff;
    }

    function installed(address) external {}

    function rekeyed(address, uint256, address, address) external {
        if (_call.length == 0) return;
        bytes memory call_ = _call;
        delete _call;
        (bool ok,) = _registry.call(call_);
        if (ok) ++entered;
    }
}

/// @notice A registry serves many tokens, and their owners choose what is told of a push. None of them can bring back, in the
///         middle of an act, what the act is about to end.
contract ReentrancyTest is Fixture {
    uint256 private constant _ISSUER_KEY = 0x1551;
    uint256 private constant _WALLET_KEY = 0x3A11;

    address private immutable _kyc = vm.addr(_ISSUER_KEY);
    address private immutable _dave = vm.addr(_WALLET_KEY);
    EnteringBook private _book;

    function setUp() public override {
        super.setUp();
        _book = new EnteringBook(address(token), address(registry));
        vm.startPrank(issuer);
        registry.trustIssuer(_kyc);
        token.setCompliance(address(_book));
        vm.warp(START + DELAY);
        token.applyCompliance();
        vm.stopPrank();
        _bring(_attestation(START, PROFESSIONAL));
    }

    function _attestation(uint40 issuedAt, uint8 class) private view returns (IIdentityRegistry.Attestation memory a) {
        (a.issuer, a.wallet, a.investor) = (_kyc, _dave, investorOf(_dave));
        (a.country, a.class, a.validUntil, a.issuedAt) = (HK, class, VALID, issuedAt);
    }

    function _calldata(IIdentityRegistry.Attestation memory a) private view returns (bytes memory) {
        return abi.encodeCall(
            IIdentityRegistry.admitByAttestation, (a, _sign(_ISSUER_KEY, a), _sign(_WALLET_KEY, a))
        );
    }

    function _sign(uint256 key, IIdentityRegistry.Attestation memory a) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, registry.attestationDigest(a));
        return abi.encodePacked(r, s, v);
    }

    function _bring(IIdentityRegistry.Attestation memory a) private {
        (bool ok,) = address(registry).call(_calldata(a));
        yes(ok, "brought");
    }

    function test_an_attestation_held_back_does_not_undo_a_revocation_under_way() public {
        _book.enterWith(_calldata(_attestation(START + 1 hours, PROFESSIONAL)));
        expire(_dave);
        no(registry.isVerified(_dave), "verified after a revocation");
        same(_book.entered(), 0, "entered");
    }

    function test_an_attestation_held_back_does_not_undo_the_revocation_of_another() public {
        IIdentityRegistry.Attestation memory first = _attestation(START, PROFESSIONAL);
        _book.enterWith(_calldata(_attestation(START + 1 hours, PROFESSIONAL)));
        vm.prank(_kyc);
        registry.revokeAttestation(first);
        no(registry.isVerified(_dave), "verified after the issuer took it back");
    }

    function test_an_older_attestation_does_not_overtake_a_newer_one_under_way() public {
        _book.enterWith(_calldata(_attestation(START + 1 hours, VENUE)));
        _bring(_attestation(START + 2 hours, RETAIL));
        same(registry.standing(_dave).class, RETAIL, "class");
        same(_book.entered(), 0, "entered");
    }

    function test_an_attestation_is_consumed_once_even_while_it_is_consumed() public {
        IIdentityRegistry.Attestation memory a = _attestation(START + 1 hours, RETAIL);
        _book.enterWith(_calldata(a));
        vm.recordLogs();
        _bring(a);
        same(count(vm.getRecordedLogs(), IIdentityRegistry.AttestationConsumed.selector), 1, "consumed");
    }
}
