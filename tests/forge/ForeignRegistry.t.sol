// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";
import {
    Fixture,
    IAssetTokenControl,
    IERC7943Fungible,
    IRuleBook,
    IToken,
    Kind,
    Lens,
    Mode,
    Power,
    RuleBookFixture,
    TokenTerms,
    Verdict
} from "./Fixture.sol";
import {Stranger} from "./Stranger.sol";

interface IQuestions {
    function isVerified(address) external view returns (bool);
    function identity(address) external view returns (address);
    function investorCountry(address) external view returns (uint16);
}

/// @notice A tranche with a stranger's ERC-3643 registry: asked live at every movement, believed in nothing else.
contract ForeignRegistryTest is Fixture {
    using Record for uint256;

    bytes32 private constant REGISTRY = "identityRegistry";
    uint256 private constant BOUND = Config.BOUND;
    uint256 private constant FOREIGN = Config.FOREIGN_REGISTRY;
    Stranger private _them;

    function setUp() public override {
        super.setUp();
        _them = new Stranger();
        know(alice, HK);
        know(bob, CH);
        give(alice, 1_000); // leaves copies of our registry in the records
        give(bob, 1_000);
        replace(address(_them));
    }

    function know(address wallet, uint16 country) private {
        _them.put(wallet, true, investorOf(wallet), country);
    }

    function replace(address by) private {
        vm.prank(issuer);
        token.setIdentityRegistry(by);
        vm.warp(block.timestamp + DELAY);
        vm.prank(issuer);
        token.applyIdentityRegistry();
    }

    function test_it_is_marked_and_asked_live_and_nothing_is_kept() public {
        same(token.config() & (BOUND | FOREIGN), FOREIGN, "flags");
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectCall(address(_them), abi.encodeCall(IQuestions.isVerified, (alice)));
            vm.expectCall(address(_them), abi.encodeCall(IQuestions.isVerified, (bob)));
            move(alice, bob, 1);
            same(token.recordOf(alice).copyEpoch(), 0, "sender");
            same(token.recordOf(bob).copyEpoch(), 0, "receiver");
        }
        _them.put(bob, false, investorOf(bob), CH); // it changed its mind: the very next movement knows
        expectRefused(alice, bob, 1, Verdict.TO_EXPIRED);
        know(bob, CH);
        move(alice, bob, 1);
        vm.warp(type(uint40).max - 1); // its word has no end
        move(alice, bob, 1);
    }

    function test_verified_is_not_registered_and_registered_is_not_verified() public {
        _them.put(bob, false, address(0), CH);
        expectRefused(alice, bob, 1, Verdict.TO_IDENTITY);
        _them.put(bob, true, address(0), CH); // a lie: verified, and nobody
        expectRefused(alice, bob, 1, Verdict.TO_IDENTITY);
        _them.put(bob, false, investorOf(bob), CH);
        expectRefused(alice, bob, 1, Verdict.TO_EXPIRED);
        expectRefused(bob, alice, 1, Verdict.FROM_EXPIRED);
    }

    function test_the_country_list_asks_it_for_the_country() public {
        uint16[] memory list = new uint16[](1);
        list[0] = HK;
        vm.prank(agent);
        token.setCountryList(true);
        vm.prank(issuer);
        token.allowCountries(list, true);
        expectRefused(alice, bob, 1, Verdict.TO_COUNTRY);
        know(bob, HK);
        move(alice, bob, 1);
    }

    function test_a_class_mask_and_venue_only_refuse_the_unknown_class() public {
        vm.prank(agent);
        token.setClasses(uint16(1 << RETAIL | 1 << PROFESSIONAL | 1 << VENUE));
        expectRefused(alice, bob, 1, Verdict.FROM_CLASS | Verdict.TO_CLASS);
        vm.prank(issuer);
        token.setClasses(0);
        move(alice, bob, 1);
        vm.prank(agent);
        token.setMode(Mode.VenueOnly);
        expectRefused(alice, bob, 1, Verdict.MODE);
    }

    function test_nothing_it_answers_makes_a_view_revert_or_lets_anybody_through() public {
        bytes4[4] memory questions =
            [bytes4(0), IQuestions.isVerified.selector, IQuestions.identity.selector, IQuestions.investorCountry.selector];
        vm.prank(agent);
        token.setCountryList(true);
        uint16[] memory list = new uint16[](2);
        (list[0], list[1]) = (HK, CH);
        vm.prank(issuer);
        token.allowCountries(list, true);
        move(alice, bob, 1);
        for (uint256 temper = 1; temper <= uint256(type(Stranger.Temper).max); ++temper) {
            for (uint256 i = 0; i < questions.length; ++i) {
                _them.set(Stranger.Temper(temper), questions[i]);
                _looked(temper, i);
            }
        }
        _them.set(Stranger.Temper.Kind, 0);
        move(alice, bob, 1);
    }

    /// @dev With the gas that a node gives a question. A redemption and a court's burn need no registry.
    function _looked(uint256 temper, uint256 i) private {
        uint256 both = Verdict.FROM_IDENTITY | Verdict.TO_IDENTITY;
        uint256 gas_ = 30_000_000;
        same(token.explain{gas: gas_}(alice, bob, 1), both, "explain");
        same(token.explainFrom{gas: gas_}(carol, alice, bob, 1), both | Verdict.ALLOWANCE, "explainFrom");
        no(token.canTransfer{gas: gas_}(alice, bob, 1), "canTransfer");
        no(token.canSend{gas: gas_}(alice) || token.canReceive{gas: gas_}(bob), "accounts");
        (uint256 verdict, Lens.Reason[] memory reasons) =
            lens.explain{gas: gas_}(Lens.Question(token, Kind.Move, alice, alice, bob, 1));
        same(verdict, both, "lens");
        same(reasons.length, 2, "reasons");
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotSend.selector, alice));
        vm.prank(alice);
        token.transfer{gas: gas_}(bob, 1);
        redeem(alice, 1);
        vm.prank(agent);
        token.burn(bob, 1, keccak256(abi.encode(temper, i)));
    }

    function test_the_lens_has_figures_where_there_are_any() public {
        _them.put(bob, false, investorOf(bob), CH);
        (, Lens.Reason[] memory reasons) = lens.explain(Lens.Question(token, Kind.Move, alice, alice, bob, 1));
        same(reasons.length, 1, "one");
        same(reasons[0].account, bob, "who");
        same(reasons[0].have, 0, "unknown");
        same(reasons[0].need, 0, "no date would do");
        know(bob, US);
        vm.prank(agent);
        token.setCountryList(true);
        (, reasons) = lens.explain(Lens.Question(token, Kind.Move, alice, alice, bob, 1));
        same(reasons[1].have, US, "country");
    }

    /// @dev It is no part of it to call; whatever calls from its address is not believed.
    function test_its_word_to_the_token_is_refused() public {
        no(_them.say(address(token), abi.encodeCall(IAssetTokenControl.registryBound, ())), "bound");
        bytes memory push = abi.encodeCall(IAssetTokenControl.identityChanged, (alice, investorOf(alice), stranger));
        no(_them.say(address(token), push), "changed");
        same(token.config() & BOUND, 0, "still asked live");
    }

    function test_little_gas_does_not_turn_its_yes_into_a_no() public {
        _them.setWork(600_000);
        uint256 refusedByGas;
        for (uint256 gas_ = 50_000; gas_ < 1_400_000; gas_ += 25_000) {
            try token.explain{gas: gas_}(alice, bob, 1) returns (uint256 verdict) {
                same(verdict, 0, "a no for want of gas");
            } catch {
                ++refusedByGas;
            }
        }
        yes(refusedByGas > 10, "there was too little gas");
        same(token.explain(alice, bob, 1), 0, "verdict");
    }

    function test_what_answers_no_question_is_no_registry() public {
        bytes4[3] memory questions =
            [IQuestions.isVerified.selector, IQuestions.identity.selector, IQuestions.investorCountry.selector];
        for (uint256 temper = 1; temper <= uint256(type(Stranger.Temper).max); ++temper) {
            for (uint256 i = 0; i < questions.length; ++i) {
                _them.set(Stranger.Temper(temper), questions[i]);
                vm.expectRevert(
                    abi.encodeWithSelector(IAssetTokenControl.SlotInvalid.selector, REGISTRY, address(_them))
                );
                vm.prank(issuer);
                token.setIdentityRegistry(address(_them));
            }
        }
    }

    function test_a_candidate_is_judged_again_when_it_is_put_in() public {
        Stranger next = new Stranger();
        vm.prank(issuer);
        token.setIdentityRegistry(address(next));
        vm.warp(block.timestamp + DELAY);
        next.set(Stranger.Temper.Dirty, 0);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotInvalid.selector, REGISTRY, address(next)));
        vm.prank(issuer);
        token.applyIdentityRegistry();
    }

    function test_our_registry_back_in_the_slot_is_bound_and_copied_again() public {
        replace(address(registry));
        same(token.config() & (BOUND | FOREIGN), 0, "flags");
        bind(registry, token);
        move(alice, bob, 1);
        same(token.recordOf(alice).copyEpoch(), Config.epoch(token.config()), "copy");
    }

    function test_a_tranche_can_be_born_with_it() public {
        TokenTerms memory t = terms();
        t.identityRegistry = address(_them);
        (IToken born,) = newToken(t, "born");
        same(born.config() & (BOUND | FOREIGN), FOREIGN, "flags");
        vm.startPrank(agent);
        born.mint(alice, 5);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotReceive.selector, carol));
        born.mint(carol, 5);
        vm.stopPrank();
    }

    /// Nor does it push, nor know a `standing`: a rule book that counts nothing asks for neither.
    function test_a_rule_book_that_counts_nothing_serves_it() public {
        address at = Clones.cloneWithImmutableArgs(factory.ruleBookImplementation(), abi.encodePacked(token));
        IRuleBook(at).initialize(address(_them), 0);
        vm.prank(issuer);
        token.setCompliance(at);
        vm.warp(block.timestamp + DELAY);
        vm.prank(issuer);
        token.applyCompliance();
        vm.prank(agent);
        IRuleBook(at).setDenomination(5);
        expectRefused(alice, bob, 4, Verdict.DENOMINATION);
        same(token.explain(alice, bob, 5), 0, "explain");
        move(alice, bob, 5);
    }

    function test_recovery_goes_at_once_to_a_wallet_of_the_same_identity() public {
        address recoverer = actor("recoverer");
        vm.prank(issuer);
        token.grantPowers(recoverer, Power.RECOVER);
        _them.put(stranger, true, investorOf(alice), HK);
        vm.prank(recoverer);
        yes(token.recoveryAddress(alice, stranger, investorOf(alice)), "at once");
        same(token.balanceOf(stranger), 1_000, "units");
    }
}

/// @notice A rule book that counts needs a registry that pushes: with a stranger's it stays unarmed.
contract ForeignRegistryRuleBookTest is RuleBookFixture {
    function test_a_counting_rule_book_refuses_and_lets_redemptions_pass() public {
        give(alice, 10);
        Stranger them = new Stranger();
        them.put(alice, true, investorOf(alice), HK);
        them.put(bob, true, investorOf(bob), CH);
        vm.prank(issuer);
        token.setIdentityRegistry(address(them));
        vm.warp(block.timestamp + DELAY);
        vm.prank(issuer);
        token.applyIdentityRegistry();
        expectRefused(alice, bob, 1, Verdict.COMPLIANCE);
        redeem(alice, 10);
    }
}
