// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IAssetTokenControl, Mode, Power, TokenTerms, Verdict} from "./Fixture.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";

/// @notice Lists, classes, mode, lock-up and cap: tightening needs the rules power, loosening the owner.
contract TermsTest is Fixture {
    using Record for uint256;

    uint16 private constant BOTH = uint16(1 << RETAIL | 1 << PROFESSIONAL);

    function terms() internal view override returns (TokenTerms memory t) {
        t = super.terms();
        t.countries = new uint16[](2);
        (t.countries[0], t.countries[1]) = (HK, CH);
        t.classes = uint16(BOTH | 1 << VENUE);
    }

    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
        give(venue, 1_000);
    }

    function _list(uint16 country) private pure returns (uint16[] memory list) {
        list = new uint16[](1);
        list[0] = country;
    }

    function test_countries_only_listed_ones_may_hold() public {
        expectRefused(alice, carol, 1, Verdict.TO_COUNTRY);
        no(token.isCountryAllowed(US), "US");
        vm.prank(issuer);
        token.allowCountries(_list(US), true);
        move(alice, carol, 1);
    }

    function test_countries_a_change_bumps_the_epoch_and_counts_at_once() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.CountryAllowed(HK, false);
        vm.expectEmit(address(token));
        emit IAssetTokenControl.EpochSet(2);
        vm.prank(agent);
        token.allowCountries(_list(HK), false);
        expectRefused(alice, bob, 1, Verdict.FROM_COUNTRY);
        vm.prank(issuer);
        token.setCountryList(false);
        move(alice, bob, 1);
        same(token.recordOf(alice).copyEpoch(), 3, "epoch of the copy");
    }

    function test_classes_a_change_bumps_the_epoch_and_counts_at_once() public {
        vm.prank(agent);
        token.setClasses(uint16(1 << PROFESSIONAL));
        expectRefused(alice, bob, 1, Verdict.FROM_CLASS);
        vm.prank(issuer);
        token.setClasses(0); // every class
        move(alice, bob, 1);
    }

    function test_classes_beyond_the_mask_are_in_no_list() public {
        admit(registry, stranger, 255, HK);
        expectRefused(alice, stranger, 1, Verdict.TO_CLASS);
        vm.prank(issuer);
        token.setClasses(0);
        move(alice, stranger, 1);
    }

    function test_classes_that_do_not_exist_are_refused() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        vm.prank(issuer);
        token.setClasses(1 << 5);
        same(Config.classes(token.config()), BOTH | 1 << VENUE, "as it was");
    }

    function test_mode_primaryOnly_stops_every_move() public {
        vm.prank(agent);
        token.setMode(Mode.PrimaryOnly);
        expectRefused(alice, bob, 1, Verdict.MODE);
        expectRefused(alice, venue, 1, Verdict.MODE);
        redeem(alice, 1);
        give(alice, 1);
    }

    function test_mode_venueOnly_needs_a_venue_on_one_side() public {
        vm.prank(agent);
        token.setMode(Mode.VenueOnly);
        expectRefused(alice, bob, 1, Verdict.MODE);
        move(alice, venue, 1);
        move(venue, bob, 1);
    }

    function test_roleMatrix_lets_a_class_move_to_those_of_its_row() public {
        _matrix(_pair(RETAIL, VENUE) | _pair(VENUE, PROFESSIONAL));
        move(alice, venue, 1);
        move(venue, bob, 1);
        expectRefused(alice, bob, 1, Verdict.MODE);
        expectRefused(bob, venue, 1, Verdict.MODE);
        expectRefused(venue, alice, 1, Verdict.MODE);
        expectRefused(alice, alice, 1, Verdict.MODE);
        redeem(alice, 1);
        give(alice, 1); // issue and redemption are no moves
    }

    function test_roleMatrix_counts_in_its_mode_only_and_moves_nothing_when_empty() public {
        vm.prank(issuer);
        token.setRoleMatrix(_pair(VENUE, VENUE));
        move(alice, bob, 1);
        vm.prank(agent);
        token.setRoleMatrix(0);
        vm.prank(agent);
        token.setMode(Mode.RoleMatrix);
        expectRefused(alice, bob, 1, Verdict.MODE);
        expectRefused(alice, venue, 0, Verdict.MODE);
    }

    function test_roleMatrix_an_unknown_class_moves_nothing() public {
        _matrix(type(uint16).max);
        vm.prank(issuer);
        token.setClasses(0); // every class may hold
        move(alice, bob, 1);
        admit(registry, stranger, 0, HK);
        expectRefused(alice, stranger, 1, Verdict.MODE);
        expectRefused(stranger, alice, 0, Verdict.MODE);
        vm.prank(admitter);
        registry.setStanding(stranger, HK, 5, VALID, REF);
        expectRefused(alice, stranger, 1, Verdict.MODE);
        vm.prank(admitter);
        registry.setStanding(stranger, HK, RETAIL, VALID, REF);
        move(alice, stranger, 1);
    }

    function test_roleMatrix_a_new_class_counts_at_once() public {
        _matrix(_pair(RETAIL, PROFESSIONAL));
        move(alice, bob, 1);
        vm.prank(admitter);
        registry.setStanding(bob, CH, VENUE, VALID, REF);
        expectRefused(alice, bob, 1, Verdict.MODE);
    }

    function test_roleMatrix_its_event_and_its_view_say_what_was_set() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.RoleMatrixSet(0xbeef);
        vm.prank(issuer);
        token.setRoleMatrix(0xbeef);
        same(token.roleMatrix(), 0xbeef, "role matrix");
    }

    function testFuzz_roleMatrix_clearing_tightens_and_anything_else_loosens(uint16 before, uint16 later) public {
        vm.prank(before == 0 ? agent : issuer);
        token.setRoleMatrix(before);
        bool tightens = later & ~before == 0;
        if (tightens) expectPowerMissing(issuer, Power.RULES);
        else expectNotOwner(agent);
        _call(tightens ? issuer : agent, abi.encodeCall(token.setRoleMatrix, (later)));
        _call(tightens ? agent : issuer, abi.encodeCall(token.setRoleMatrix, (later)));
        same(token.roleMatrix(), later, "role matrix");
    }

    function testFuzz_roleMatrix_refuses_every_pair_it_does_not_name(uint16 matrix, uint8 a, uint8 b) public {
        (uint8 from, uint8 to) = (1 + a % 4, 1 + b % 4);
        vm.prank(issuer);
        token.setClasses(0);
        vm.startPrank(admitter);
        registry.setStanding(alice, HK, from, VALID, REF);
        registry.setStanding(bob, CH, to, VALID, REF);
        vm.stopPrank();
        _matrix(matrix);
        if (matrix & _pair(from, to) == 0) expectRefused(alice, bob, 1, Verdict.MODE);
        else move(alice, bob, 1);
    }

    function test_modes_that_are_not_narrower_need_the_owner() public {
        for (uint8 from = 1; from < 4; ++from) {
            vm.prank(issuer);
            token.setMode(Mode.Open);
            vm.prank(agent);
            token.setMode(Mode(from));
            for (uint8 to = 0; to < 4; ++to) {
                if (to == uint8(Mode.PrimaryOnly)) continue;
                expectNotOwner(agent);
                _call(agent, abi.encodeCall(token.setMode, (Mode(to))));
            }
        }
    }

    function _pair(uint8 from, uint8 to) private pure returns (uint16) {
        return uint16(1 << ((from - 1) * 4 + to - 1));
    }

    function _matrix(uint16 matrix) private {
        vm.prank(agent);
        token.setMode(Mode.RoleMatrix);
        if (matrix == 0) return;
        vm.prank(issuer);
        token.setRoleMatrix(matrix);
    }

    function test_lockUp_ends_in_its_second() public {
        vm.prank(agent);
        token.setLockUp(START + 100);
        expectRefused(alice, bob, 1, Verdict.LOCK_UP);
        vm.warp(START + 99);
        expectRefused(alice, bob, 1, Verdict.LOCK_UP);
        vm.warp(START + 100);
        move(alice, bob, 1);
    }

    function test_cap_never_below_the_supply() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        vm.prank(agent);
        token.setCap(1_999);
        vm.prank(agent);
        token.setCap(2_000);
        vm.expectRevert();
        give(alice, 1);
        vm.prank(issuer);
        token.setCap(2_001);
        give(alice, 1);
    }

    function test_tightening_needs_the_rules_power() public {
        bytes[9] memory calls = [
            abi.encodeCall(token.setCap, (CAP - 1)),
            abi.encodeCall(token.setMode, (Mode.PrimaryOnly)),
            abi.encodeCall(token.setMode, (Mode.VenueOnly)),
            abi.encodeCall(token.setMode, (Mode.RoleMatrix)),
            abi.encodeCall(token.setRoleMatrix, (0)),
            abi.encodeCall(token.setLockUp, (START)),
            abi.encodeCall(token.setClasses, (BOTH)),
            abi.encodeCall(token.setCountryList, (true)),
            abi.encodeCall(token.allowCountries, (_list(HK), false))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            expectPowerMissing(issuer, Power.RULES);
            _call(issuer, calls[i]);
        }
    }

    function test_loosening_needs_the_owner() public {
        vm.startPrank(agent);
        token.setMode(Mode.VenueOnly);
        token.setLockUp(START + 100);
        vm.stopPrank();
        bytes[8] memory calls = [
            abi.encodeCall(token.setCap, (CAP)),
            abi.encodeCall(token.setCap, (CAP + 1)),
            abi.encodeCall(token.setMode, (Mode.Open)),
            abi.encodeCall(token.setLockUp, (START + 99)),
            abi.encodeCall(token.setClasses, (uint16(BOTH | 1 << VENUE | 1 << 3))),
            abi.encodeCall(token.setClasses, (0)),
            abi.encodeCall(token.setCountryList, (false)),
            abi.encodeCall(token.allowCountries, (_list(US), true))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            expectNotOwner(agent);
            _call(agent, calls[i]);
            _call(issuer, calls[i]);
        }
    }

    function test_loosening_from_primaryOnly_needs_the_owner() public {
        vm.startPrank(agent);
        token.setMode(Mode.PrimaryOnly);
        vm.stopPrank();
        expectNotOwner(agent);
        vm.prank(agent);
        token.setMode(Mode.VenueOnly);
    }

    function _call(address who, bytes memory input) private {
        vm.prank(who);
        (bool ok, bytes memory error) = address(token).call(input);
        if (!ok) {
            assembly {
                revert(add(error, 32), mload(error))
            }
        }
    }
}
