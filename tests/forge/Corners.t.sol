// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Record} from "../../contracts/token/Record.sol";
import {HashKeyKyc} from "../../contracts/sources/HashKeyKyc.sol";
import {KycSbt} from "./Sources.sol";
import {
    Fixture,
    IAssetToken,
    IAssetTokenControl,
    IIdentityRegistry,
    IPowers,
    IRuleBook,
    IToken,
    Mode,
    Power,
    Standing,
    TokenTerms,
    Verdict,
    Vm
} from "./Fixture.sol";
import {Stranger} from "./Stranger.sol";

/// @notice In the place of a rule book, and it knows none of its duties.
contract MuteBook {
    address public immutable token;

    constructor(address token_) {
        token = token_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id != 0xffffffff;
    }

    function installed(address) external {}
}

/// @notice A registry of another make: it knows agents, but no powers of ours.
contract OtherRegistry {
    mapping(address who => bool is_) public isAgent;

    function setAgent(address who) external {
        isAgent[who] = true;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id != 0xffffffff;
    }

    function standing(address) external pure returns (Standing memory) {
        return Standing(address(7), 344, 1, type(uint40).max, false);
    }
}

/// @notice What the tests of the verbs leave out: one line each, and each once wrong somewhere.
contract CornersTest is Fixture {
    using Record for uint256;

    function test_a_token_is_born_with_its_mode_and_lock_up() public {
        TokenTerms memory t = terms();
        (t.mode, t.lockUpUntil) = (Mode.PrimaryOnly, START + 1 days);
        (IToken made,) = newToken(t, "born");
        same(uint256(made.mode()), uint256(Mode.PrimaryOnly), "mode");
        same(made.lockUpUntil(), START + 1 days, "lock-up");
    }

    function test_a_token_born_with_a_strangers_registry_keeps_its_terms() public {
        TokenTerms memory t = terms();
        (t.mode, t.lockUpUntil, t.identityRegistry) = (Mode.PrimaryOnly, START + 1 days, address(new Stranger()));
        (IToken made,) = newToken(t, "abroad");
        same(uint256(made.mode()), uint256(Mode.PrimaryOnly), "mode");
        same(made.lockUpUntil(), START + 1 days, "lock-up");
    }

    function test_a_row_of_a_batch_tells_who_gave_what_to_whom() public {
        give(alice, 9);
        (address[] memory to, uint256[] memory amounts) = (new address[](2), new uint256[](2));
        (to[0], to[1], amounts[0], amounts[1]) = (bob, carol, 4, 5);
        vm.recordLogs();
        vm.prank(alice);
        token.batchTransfer(to, amounts);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, 2, "one each");
        for (uint256 i = 0; i < 2; ++i) {
            same(uint256(logs[i].topics[1]), uint160(alice), "who");
            same(uint256(logs[i].topics[2]), uint160(to[i]), "to whom");
            same(abi.decode(logs[i].data, (uint256)), amounts[i], "what");
        }
    }

    function test_a_spender_adds_his_reasons_to_those_of_the_terms() public {
        give(alice, 9);
        vm.prank(alice);
        token.approve(bob, 9);
        freeze(bob);
        deny(bob);
        vm.prank(agent);
        token.pause();
        uint256 all = Verdict.PAUSED | Verdict.SPENDER_FROZEN | Verdict.SPENDER_DENIED;
        same(token.explainFrom(bob, alice, venue, 1), all, "every reason");
    }

    function test_of_a_registry_that_fails_no_copy_is_kept() public {
        give(alice, 9);
        expire(alice); // her copy is stale
        vm.etch(address(registry), hex"00"); // answers nothing
        redeem(alice, 1);
        same(token.balanceOf(alice), 8, "redeemed");
        same(token.recordOf(alice).copyEpoch(), 0, "no copy");
    }

    function test_the_registry_says_what_is_bound_and_since_when_it_lives() public view {
        yes(registry.isBound(address(token)), "bound");
        no(registry.isBound(address(registry)), "not bound");
        same(registry.deployedBlock(), block.number, "block");
    }

    function test_only_its_owner_says_whom_a_registry_trusts_and_tells() public {
        bytes[5] memory acts = [
            abi.encodeCall(registry.trustCode, (address(token).codehash, true)),
            abi.encodeCall(registry.bindToken, (address(token))),
            abi.encodeCall(registry.unbindToken, (address(token))),
            abi.encodeCall(registry.trustIssuer, (stranger)),
            abi.encodeCall(registry.trustSource, (address(token), 1))
        ];
        for (uint256 i = 0; i < acts.length; ++i) {
            vm.prank(admitter);
            (bool done, bytes memory why) = address(registry).call(acts[i]);
            no(done, "by an agent");
            yes(bytes4(why) == IPowers.OwnableUnauthorizedAccount.selector, "not the owner");
        }
    }

    function test_acts_with_a_paper_log_it() public {
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(REF, agent, bytes4(keccak256("mint(address,uint256,bytes32)")));
        vm.prank(agent);
        token.mint(alice, 5, REF);
        same(token.balanceOf(alice), 5, "minted");
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(REF, agent, bytes4(keccak256("pause(bytes32)")));
        vm.prank(agent);
        token.pause(REF);
        yes(token.paused(), "paused");
    }

    function test_every_act_leaves_the_ref_of_its_paper_or_none() public {
        _leaves(abi.encodeWithSignature("mint(address,uint256)", alice, 9), 0);
        _leaves(abi.encodeWithSignature("mint(address,uint256,bytes32)", alice, 9, REF), REF);
        _leaves(abi.encodeWithSignature("burn(address,uint256)", alice, 1), 0);
        _leaves(abi.encodeWithSignature("burn(address,uint256,bytes32)", alice, 1, REF), REF);
        _leaves(abi.encodeWithSignature("forcedTransfer(address,address,uint256)", alice, bob, 1), 0);
        _leaves(abi.encodeWithSignature("forcedTransfer(address,address,uint256,bytes32)", alice, bob, 1, REF), REF);
        _leaves(abi.encodeWithSignature("setAddressFrozen(address,bool)", alice, true), 0);
        _leaves(abi.encodeWithSignature("setAddressFrozen(address,bool,bytes32)", alice, false, REF), REF);
        _leaves(abi.encodeWithSignature("setFrozenTokens(address,uint256)", alice, 4), 0);
        _leaves(abi.encodeWithSignature("setFrozenTokens(address,uint256,bytes32)", alice, 4, REF), REF);
        _leaves(abi.encodeWithSignature("freezePartialTokens(address,uint256)", alice, 1), 0);
        _leaves(abi.encodeWithSignature("freezePartialTokens(address,uint256,bytes32)", alice, 1, REF), REF);
        _leaves(abi.encodeWithSignature("unfreezePartialTokens(address,uint256)", alice, 1), 0);
        _leaves(abi.encodeWithSignature("unfreezePartialTokens(address,uint256,bytes32)", alice, 1, REF), REF);
        (address[] memory who, uint256[] memory amounts, bool[] memory on) =
            (new address[](1), new uint256[](1), new bool[](1));
        (who[0], amounts[0]) = (alice, 1);
        _leaves(abi.encodeWithSignature("batchMint(address[],uint256[],bytes32)", who, amounts, REF), REF);
        _leaves(abi.encodeWithSignature("batchBurn(address[],uint256[])", who, amounts), 0);
        _leaves(abi.encodeWithSignature("batchSetAddressFrozen(address[],bool[],bytes32)", who, on, REF), REF);
        _leaves(abi.encodeWithSignature("batchForcedTransfer(address[],address[],uint256[])", who, who, amounts), 0);
        _leaves(abi.encodeWithSignature("pause()"), 0);
        _leaves(abi.encodeWithSignature("unpause()"), 0);
        _leaves(abi.encodeWithSignature("pause(bytes32)", REF), REF);
        _leaves(abi.encodeWithSignature("unpause(bytes32)", REF), REF);
        _leaves(abi.encodeWithSignature("halt(bytes32)", REF), REF);
    }

    function _leaves(bytes memory act, bytes32 ref) private {
        bytes32 acted = IAssetToken.Acted.selector;
        vm.recordLogs();
        vm.prank(agent);
        (bool done,) = address(token).call(act);
        yes(done, "done");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(count(logs, acted), 1, "once");
        bytes32[] memory told = logs[indexOf(logs, acted, 0)].topics;
        same(uint256(told[1]), uint256(ref), "ref");
        same(uint256(told[2]), uint160(agent), "who");
        yes(told[3] == bytes32(bytes4(act)), "what");
    }

    function test_the_same_frozen_amount_again_is_no_change() public {
        freezeAmount(alice, 4);
        vm.recordLogs();
        freezeAmount(alice, 4);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(count(logs, keccak256("TokensFrozen(address,uint256)")), 0, "nothing frozen");
        same(count(logs, keccak256("TokensUnfrozen(address,uint256)")), 0, "nothing unfrozen");
        same(count(logs, keccak256("Frozen(address,uint256)")), 1, "the amount");
    }

    function test_a_recovery_lays_no_freeze_where_none_was_and_loses_not_a_unit_of_one() public {
        address recoverer = actor("recoverer");
        vm.prank(issuer);
        token.grantPowers(recoverer, Power.RECOVER);
        give(carol, 10);
        vm.recordLogs();
        vm.prank(recoverer);
        token.recoveryAddress(carol, carol2, investorOf(carol));
        same(count(vm.getRecordedLogs(), keccak256("Frozen(address,uint256)")), 0, "no freeze");
        freezeAmount(carol2, 1);
        vm.prank(recoverer);
        token.recoveryAddress(carol2, carol, investorOf(carol));
        same(token.getFrozenTokens(carol), 1, "one unit");
    }

    function test_what_is_unbound_is_off_the_list_and_the_others_stay() public {
        (IToken second,) = newToken(terms(), "second");
        bind(registry, second);
        IIdentityRegistry next = newRegistry();
        vm.startPrank(issuer);
        token.setIdentityRegistry(address(next));
        vm.warp(START + DELAY);
        token.applyIdentityRegistry();
        registry.unbindToken(address(token));
        vm.stopPrank();
        same(registry.boundTokens().length, 1, "one left");
        same(registry.boundTokens()[0], address(second), "the other");
        no(registry.isBound(address(token)), "off the list");
    }

    function test_granting_what_one_has_logs_nothing() public {
        vm.recordLogs();
        vm.prank(issuer);
        token.grantPowers(agent, AGENT_POWERS);
        same(vm.getRecordedLogs().length, 0, "logs");
    }

    function test_who_admits_by_the_token_s_own_powers_stops_a_recovery_and_does_none() public {
        address both = actor("both");
        vm.startPrank(issuer);
        token.grantPowers(both, Power.ADMIT);
        vm.expectRevert(abi.encodeWithSelector(IPowers.PowersInvalid.selector, Power.ADMIT | Power.RECOVER));
        token.grantPowers(both, Power.RECOVER);
        vm.stopPrank();
        expectPowerMissing(both, Power.PAUSE);
        vm.prank(both);
        token.pause();
        // He may stop a recovery, which is what the token's own admit power is good for.
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.RecoveryNotReady.selector, alice, 0));
        vm.prank(both);
        token.cancelRecovery(alice, REF);
    }

    function test_recover_is_closed_to_an_agent_of_a_strangers_registry() public {
        address recoverer = actor("recoverer");
        give(carol, 10);
        OtherRegistry other = new OtherRegistry();
        vm.startPrank(issuer);
        token.grantPowers(recoverer, Power.RECOVER);
        token.setIdentityRegistry(address(other));
        vm.warp(START + DELAY);
        token.applyIdentityRegistry();
        vm.stopPrank();
        other.setAgent(recoverer);
        vm.expectRevert(abi.encodeWithSelector(IPowers.PowersInvalid.selector, Power.ADMIT | Power.RECOVER));
        vm.prank(recoverer);
        token.recoveryAddress(carol, carol2, address(7));
    }

    function test_a_proposed_compliance_can_be_read() public {
        MuteBook mute = new MuteBook(address(token));
        vm.prank(issuer);
        token.setCompliance(address(mute));
        (address candidate, uint256 readyAt) = token.pendingCompliance();
        same(candidate, address(mute), "candidate");
        same(readyAt, START + DELAY, "ready");
    }

    function test_a_rule_book_that_fails_stops_no_revocation() public {
        MuteBook mute = new MuteBook(address(token));
        vm.startPrank(issuer);
        token.setCompliance(address(mute));
        vm.warp(START + DELAY);
        token.applyCompliance();
        vm.stopPrank();
        vm.expectEmit(address(token));
        emit IAssetToken.ComplianceHookFailed(IRuleBook.rekeyed.selector, address(mute));
        expire(alice);
        no(registry.isVerified(alice), "verified");
    }

    function test_a_wider_window_that_never_comes_is_refused() public {
        TokenTerms memory t = terms();
        t.slotDelay = type(uint40).max;
        (IToken made,) = newToken(t, "never");
        vm.prank(issuer);
        made.grantPowers(issuer, Power.RULES);
        vm.startPrank(issuer);
        made.setMintWindow(10, 1 days);
        uint256 readyAt = uint256(START) + type(uint40).max;
        vm.expectRevert(
            abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, bytes32("mintWindow"), readyAt)
        );
        made.setMintWindow(20, 1 days);
        vm.stopPrank();
    }

    function test_nothing_proposed_nothing_to_cancel() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, bytes32("mintWindow"), 0));
        vm.prank(agent);
        token.cancelMintWindow();
    }

    function test_nobody_is_neither_denied_nor_linked() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletUnknown.selector, address(0)));
        deny(address(0));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.AdmissionInvalid.selector, address(0)));
        vm.prank(admitter);
        registry.link(alice, address(0));
    }

    function test_a_denied_stranger_brings_no_attestation() public {
        address kyc = vm.addr(0x1551);
        IIdentityRegistry.Attestation memory a;
        (a.issuer, a.wallet, a.investor) = (kyc, vm.addr(0x3A11), stranger);
        (a.country, a.class, a.validUntil, a.issuedAt) = (HK, RETAIL, VALID, START);
        vm.prank(issuer);
        registry.trustIssuer(kyc);
        deny(a.wallet);
        bytes32 digest = registry.attestationDigest(a);
        (bytes memory one, bytes memory two) = (_signature(0x1551, digest), _signature(0x3A11, digest));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletDenied.selector, a.wallet));
        registry.admitByAttestation(a, one, two);
        admitAs(registry, a.wallet, stranger, RETAIL, HK); // the denial outlives it
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletDenied.selector, a.wallet));
        registry.admitByAttestation(a, one, two);
    }

    function _signature(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function test_a_source_lengthens_nothing_that_an_agent_lowered() public {
        KycSbt sbt = new KycSbt();
        HashKeyKyc source = new HashKeyKyc(address(sbt), 2);
        sbt.approveKyc(alice, "alice.hsk", 2);
        vm.prank(issuer);
        registry.trustSource(address(source), 7 days);
        vm.startPrank(admitter);
        registry.follow(alice, address(source));
        registry.setStanding(alice, CH, RETAIL, VALID, "moved");
        vm.stopPrank();
        vm.warp(START + 1 days);
        registry.refresh(alice);
        same(registry.standing(alice).validUntil, START + 7 days, "not longer");
    }
}

/// @notice A rule book that was put in without a rule that counts.
contract PlainBookTest is Fixture {
    IRuleBook private _plain;

    function setUp() public override {
        super.setUp();
        _plain = IRuleBook(Clones.cloneWithImmutableArgs(factory.ruleBookImplementation(), abi.encodePacked(token)));
        _plain.initialize(address(registry), 0);
        vm.startPrank(issuer);
        token.setCompliance(address(_plain));
        vm.warp(START + DELAY);
        token.applyCompliance();
        vm.stopPrank();
    }

    function test_a_holding_period_counts_from_the_issue_without_any_counter() public {
        vm.prank(agent);
        _plain.setHoldingPeriod(10 days);
        same(_plain.holdingPeriod(), 10 days, "period");
        give(alice, 5);
        same(_plain.heldUntil(alice), START + DELAY + 10 days, "held until");
        same(token.explain(alice, bob, 1), Verdict.HOLDING_PERIOD, "held");
        vm.warp(START + DELAY + 10 days);
        same(token.explain(alice, bob, 1), 0, "free");
    }

    function test_the_first_rule_that_counts_trusts_no_count_from_before() public {
        yes(_plain.armed(), "nothing to count");
        give(alice, 100); // told, and not counted
        halt();
        vm.prank(agent);
        _plain.setMaxHolders(1);
        no(_plain.armed(), "units are out that nobody counted");
    }

    function test_a_push_finds_nothing_to_count() public {
        give(alice, 5);
        vm.prank(admitter);
        registry.setStanding(alice, CH, RETAIL, VALID, "moved");
        same(token.explain(alice, bob, 5), 0, "moves");
        yes(_plain.armed(), "nothing to arm");
    }

    function test_nobody_is_on_a_sanctions_list() public {
        vm.prank(agent);
        _plain.setSanctionsOracle(address(registry)); // answers nothing: lists everybody
        same(_plain.sanctionsOracle(), address(registry), "oracle");
        yes(_plain.isSanctioned(alice), "everybody");
        no(_plain.isSanctioned(address(0)), "nobody");
    }
}
