// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC3643IdentityRegistry} from "../../contracts/interfaces/IERC3643IdentityRegistry.sol";
import {IIdentityRegistry, IToken, Power, RuleBookFixture, Standing, TokenTerms, Verdict} from "./Fixture.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {Vm} from "./TestBase.sol";

/// @notice ERC-3643's own doors, wallets that change hands, batches, and what a denial survives.
contract RegistryStandardTest is RuleBookFixture {
    function _units(address wallet) private view returns (uint256) {
        return book.unitsOf(investorOf(wallet));
    }

    // ------------------------------------------------------------------------------------------------- the surface

    function test_standard_id_is_the_one_of_the_text() public view {
        same(uint32(type(IERC3643IdentityRegistry).interfaceId), 0x8ff89f73, "id");
        yes(IERC165(address(registry)).supportsInterface(0x8ff89f73), "answered");
        no(IERC165(address(registry)).supportsInterface(0xffffffff), "never");
    }

    function test_standard_no_claim_machinery() public {
        same(registry.identityStorage(), address(0), "storage");
        same(registry.issuersRegistry(), address(0), "issuers");
        same(registry.topicsRegistry(), address(0), "topics");
        bytes memory error = abi.encodeWithSelector(IIdentityRegistry.NotSupported.selector);
        vm.startPrank(issuer);
        vm.expectRevert(error);
        registry.setIdentityRegistryStorage(address(1));
        vm.expectRevert(error);
        registry.setClaimTopicsRegistry(address(1));
        vm.expectRevert(error);
        registry.setTrustedIssuersRegistry(address(1));
        vm.stopPrank();
    }

    function test_standard_register_knows_but_does_not_verify() public {
        vm.recordLogs();
        vm.prank(admitter);
        registry.registerIdentity(stranger, address(7), HK);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(count(logs, IERC3643IdentityRegistry.IdentityRegistered.selector), 1, "event");
        yes(registry.contains(stranger), "known");
        no(registry.isVerified(stranger), "no claim speaks for it");
        same(registry.identity(stranger), address(7), "investor");
        same(registry.investorCountry(stranger), HK, "country");
        vm.prank(admitter);
        registry.setStanding(stranger, HK, RETAIL, VALID, "file");
        yes(registry.isVerified(stranger), "vouched for");
    }

    function test_standard_batch_register_equals_singles_and_minds_lengths() public {
        (address[] memory wallets, address[] memory investors) = (new address[](2), new address[](2));
        uint16[] memory countries = new uint16[](2);
        (wallets[0], wallets[1]) = (stranger, actor("dave"));
        (investors[0], investors[1]) = (address(7), address(8));
        (countries[0], countries[1]) = (HK, CH);
        vm.startPrank(admitter);
        registry.batchRegisterIdentity(wallets, investors, countries);
        same(registry.identity(actor("dave")), address(8), "second");
        same(registry.investorCountry(actor("dave")), CH, "second");
        bytes memory error = abi.encodeWithSelector(IIdentityRegistry.LengthMismatch.selector);
        vm.expectRevert(error);
        registry.batchRegisterIdentity(wallets, investors, new uint16[](1));
        vm.expectRevert(error);
        registry.batchRegisterIdentity(wallets, new address[](3), countries);
        vm.stopPrank();
    }

    function test_standard_delete_takes_off() public {
        vm.prank(admitter);
        registry.deleteIdentity(alice);
        no(registry.contains(alice), "gone");
    }

    function test_standard_doors_need_the_admit_power() public {
        bytes[8] memory calls = [
            abi.encodeCall(registry.registerIdentity, (stranger, address(7), HK)),
            abi.encodeCall(registry.batchRegisterIdentity, (new address[](0), new address[](0), new uint16[](0))),
            abi.encodeCall(registry.deleteIdentity, (alice)),
            abi.encodeCall(registry.updateCountry, (alice, HK)),
            abi.encodeCall(registry.updateIdentity, (alice, address(7))),
            abi.encodeCall(registry.batchRenew, (new address[](0), new uint40[](0), 0)),
            abi.encodeCall(registry.batchRevoke, (new address[](0), 0)),
            abi.encodeCall(registry.batchLink, (new address[](0), new address[](0)))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            expectPowerMissing(issuer, Power.ADMIT);
            vm.prank(issuer);
            (bool ok,) = address(registry).call(calls[i]);
            ok;
        }
    }

    // --------------------------------------------------------------------------------------- wallets change hands

    function test_country_of_an_investor_reaches_all_his_wallets_and_the_token() public {
        uint16[] memory countries = new uint16[](1);
        countries[0] = US;
        vm.prank(issuer);
        token.allowCountries(countries, true);
        vm.prank(agent);
        token.setCountryList(true);
        give(carol2, 10);
        vm.prank(admitter);
        registry.updateCountry(carol2, HK);
        same(registry.investorCountry(carol), HK, "first wallet");
        same(token.explain(carol2, carol, 1), Verdict.FROM_COUNTRY | Verdict.TO_COUNTRY, "at once");
    }

    function test_identity_of_a_first_wallet_takes_links_and_units_along() public {
        give(carol, 300);
        give(carol2, 200);
        vm.recordLogs();
        vm.prank(admitter);
        registry.updateIdentity(carol, investorOf(bob));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(count(logs, IERC3643IdentityRegistry.IdentityUpdated.selector), 1, "the standard's");
        same(count(logs, IIdentityRegistry.InvestorChanged.selector), 2, "one a wallet");
        same(registry.identity(carol2), investorOf(bob), "link");
        same(_units(carol), 0, "old");
        same(_units(bob), 500, "new");
        redeem(carol2, 200); // B2: nothing underflows
        same(_units(bob), 300, "redeemed");
    }

    function test_identity_of_a_link_leaves_with_its_units_and_its_denial() public {
        give(carol, 300);
        give(carol2, 200);
        deny(carol);
        vm.prank(admitter);
        registry.updateIdentity(carol2, investorOf(bob));
        same(registry.walletsOf(carol).length, 1, "left");
        Standing memory s = registry.standing(carol2);
        same(s.investor, investorOf(bob), "investor");
        same(s.country, US, "country");
        yes(s.denied, "denied still");
        same(token.explain(carol2, bob, 1), Verdict.FROM_DENIED, "denied in the token");
        same(_units(carol), 300, "old");
        same(_units(bob), 200, "new");
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.AdmissionInvalid.selector, carol2));
        vm.prank(admitter);
        registry.updateIdentity(carol2, address(0));
    }

    // ------------------------------------------------------------------------------------------ denial is not washed

    function test_denial_survives_remove_and_admit() public {
        give(alice, 10);
        deny(alice);
        vm.prank(admitter);
        registry.remove(alice);
        same(token.explain(alice, bob, 1) & Verdict.FROM_DENIED, Verdict.FROM_DENIED, "taken off");
        admitAs(registry, alice, address(99), RETAIL, HK);
        yes(registry.standing(alice).denied, "admitted again, denied still");
        vm.expectRevert();
        redeem(alice, 10);
        vm.prank(admitter);
        registry.deny(alice, false, REF);
        same(token.explain(alice, bob, 1), 0, "lifted by the one door");
    }

    function test_denial_survives_the_unlinking_of_a_wallet() public {
        give(carol2, 10);
        deny(carol);
        vm.startPrank(admitter);
        registry.remove(carol2);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletDenied.selector, carol2));
        registry.link(bob, carol2);
        registry.deny(carol2, false, REF);
        registry.link(bob, carol2);
        vm.stopPrank();
        yes(registry.isVerified(carol2), "lifted, then linked");
        no(registry.isVerified(carol), "the investor himself stays denied");
    }

    function test_denial_of_a_wallet_nobody_knows_yet() public {
        vm.prank(admitter);
        registry.deny(stranger, true, REF);
        admit(registry, stranger, RETAIL, HK);
        no(registry.isVerified(stranger), "denied before he came");
        same(token.explain(alice, stranger, 0), Verdict.TO_DENIED, "token");
    }

    // --------------------------------------------------------------------------------------------------- batches

    function testFuzz_batches_equal_singles(uint40 first, uint40 second) public {
        IIdentityRegistry other = newRegistry();
        admitAll(other);
        (address[] memory wallets, uint40[] memory until) = (new address[](2), new uint40[](2));
        (wallets[0], wallets[1], until[0], until[1]) = (alice, carol2, first, second);
        (address[] memory firsts, address[] memory more) = (new address[](2), new address[](2));
        (firsts[0], firsts[1], more[0], more[1]) = (bob, carol2, actor("b2"), actor("c3"));
        vm.startPrank(admitter);
        registry.batchRenew(wallets, until, "file");
        registry.batchLink(firsts, more);
        other.renew(alice, first, "file");
        other.renew(carol2, second, "file");
        other.link(bob, more[0]);
        other.link(carol2, more[1]);
        _same(other, more);
        registry.batchRevoke(wallets, "paper");
        other.revoke(alice, "paper");
        other.revoke(carol2, "paper");
        _same(other, more);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.LengthMismatch.selector));
        registry.batchRenew(wallets, new uint40[](1), "file");
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.LengthMismatch.selector));
        registry.batchLink(firsts, new address[](1));
        vm.stopPrank();
    }

    function _same(IIdentityRegistry other, address[] memory more) private view {
        address[6] memory all = [alice, bob, carol, carol2, more[0], more[1]];
        for (uint256 i = 0; i < all.length; ++i) {
            yes(
                keccak256(abi.encode(registry.standing(all[i]))) == keccak256(abi.encode(other.standing(all[i]))),
                "standing"
            );
            (uint256 at, bool byAgent) = registry.lastWorsening(registry.identity(all[i]));
            (uint256 otherAt, bool otherByAgent) = other.lastWorsening(other.identity(all[i]));
            yes(at == otherAt && byAgent == otherByAgent, "mark");
        }
    }
}

/// @notice A wallet that comes in is told to tokens that count, and to no other; whatever it held before is counted.
contract RegistryAdmissionTest is RuleBookFixture {
    function test_units_of_a_wallet_taken_off_count_again_when_it_comes_back() public {
        give(alice, 600);
        vm.prank(admitter);
        registry.remove(alice);
        same(book.unitsOf(investorOf(alice)), 0, "nobody's");
        admitAs(registry, alice, investorOf(bob), RETAIL, HK);
        same(book.unitsOf(investorOf(bob)), 600, "bob's");
        vm.expectRevert();
        give(bob, 401);
    }

    function test_a_single_unit_of_a_wallet_that_changes_hands_is_counted() public {
        give(alice, 1);
        vm.prank(admitter);
        registry.updateIdentity(alice, investorOf(bob));
        same(book.unitsOf(investorOf(alice)), 0, "left");
        same(book.unitsOf(investorOf(bob)), 1, "came");
        vm.expectRevert();
        give(bob, MAX);
    }

    /// The new registry has never seen the wallet; the old one had, and units lie there.
    function test_units_of_a_wallet_only_the_former_registry_knew_are_counted() public {
        give(alice, 600);
        IIdentityRegistry next = newRegistry();
        _moveTo(next);
        presetAll();
        yes(book.armed(), "all counted as nobody's");
        same(book.unitsOf(investorOf(alice)), 0, "nobody's");
        admit(next, alice, RETAIL, HK);
        same(book.unitsOf(investorOf(alice)), 600, "admitted");
        vm.expectRevert();
        give(alice, 401);
    }

    /// Between two calls of a preset, a wallet counted as nobody's comes in: the count must start anew.
    function test_a_wallet_that_comes_in_during_a_preset_starts_it_anew() public {
        (address low, address high) = alice < bob ? (alice, bob) : (bob, alice);
        give(low, 600);
        give(high, 600);
        IIdentityRegistry next = newRegistry();
        _moveTo(next);
        halt();
        address[] memory one = new address[](1);
        one[0] = low;
        vm.prank(agent);
        book.preset(one);
        admit(next, low, RETAIL, HK);
        one[0] = high;
        vm.prank(agent);
        book.preset(one);
        no(book.armed(), "started anew");
        vm.prank(agent);
        book.startPreset();
        vm.prank(agent);
        book.preset(sorted());
        yes(book.armed(), "armed");
        same(book.unitsOf(investorOf(low)), 600, "counted");
    }

    function test_a_token_without_a_book_needs_no_telling() public {
        (IToken plain,) = newToken(_plainTerms(), "plain");
        bind(registry, plain);
        vm.prank(agent);
        plain.mint(alice, 10);
        vm.startPrank(admitter);
        registry.remove(alice);
        vm.stopPrank();
        same(plain.explain(alice, bob, 1), Verdict.FROM_IDENTITY, "off");
        vm.prank(agent);
        plain.redeem(alice, 1, "paper"); // makes a copy that says: not registered
        uint256 record = plain.recordOf(alice);
        admit(registry, alice, RETAIL, HK);
        same(plain.recordOf(alice), record, "not told");
        same(plain.explain(alice, bob, 1), 0, "asked live: a copy that refuses is never believed");
    }

    function test_anybody_may_ask_that_a_counting_token_is_told() public {
        vm.prank(stranger);
        registry.watchAdmissions(address(token));
        give(alice, 600);
        vm.prank(admitter);
        registry.remove(alice);
        admit(registry, alice, RETAIL, HK);
        same(book.unitsOf(investorOf(alice)), 600, "told");
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TokenInvalid.selector, address(this)));
        registry.watchAdmissions(address(this));
    }

    function _plainTerms() private view returns (TokenTerms memory t) {
        t = terms();
        t.maxUnitsPerInvestor = 0;
    }

    function _moveTo(IIdentityRegistry next) private {
        vm.prank(issuer);
        token.setIdentityRegistry(address(next));
        vm.warp(block.timestamp + DELAY);
        vm.prank(issuer);
        token.applyIdentityRegistry();
        bind(next, token);
    }
}
