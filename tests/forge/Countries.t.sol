// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, Power, TokenTerms} from "./Fixture.sol";
import {Countries} from "../../contracts/token/Countries.sol";

/// @notice Up to sixteen listed countries share a word, more have bits of their own; nobody can tell which is where.
contract CountriesTest is Fixture {
    using Countries for uint256;

    mapping(uint16 country => bool listed) private _listed;

    function terms() internal view override returns (TokenTerms memory t) {
        t = super.terms();
        t.countries = new uint16[](1);
        t.countries[0] = HK;
    }

    /// @dev Twenty-four of them, so that the word overflows; the unknown country and the highest code among them.
    function _country(uint256 seed) private pure returns (uint16) {
        uint256 i = seed % 24;
        return i == 0 ? 0 : i == 1 ? type(uint16).max : uint16(i * 97);
    }

    function testFuzz_countries_are_what_was_allowed_last(uint16[60] calldata seeds) public {
        _listed[HK] = true;
        vm.startPrank(issuer);
        token.grantPowers(issuer, Power.RULES); // to take off
        for (uint256 i = 0; i < seeds.length; ++i) {
            uint16[] memory more = new uint16[](2);
            (more[0], more[1]) = (_country(seeds[i]), _country(seeds[i] >> 5));
            bool allowed = (seeds[i] >> 10) % 4 != 0; // three of four: the word fills up
            token.allowCountries(more, allowed);
            (_listed[more[0]], _listed[more[1]]) = (allowed, allowed);
            for (uint256 k = 0; k < 24; ++k) {
                same(token.isCountryAllowed(_country(k)), _listed[_country(k)], "listed");
            }
            same(token.isCountryAllowed(HK), true, "the first one stays");
        }
        vm.stopPrank();
    }

    /// A code between two listed ones, read across their borders, is none of them.
    function test_countries_listed_let_no_other_in() public {
        uint16[] memory more = new uint16[](3);
        (more[0], more[1], more[2]) = (CH, US, 348);
        vm.prank(issuer);
        token.allowCountries(more, true);
        for (uint16 code = 0; code < 1_000; ++code) {
            bool listed = code == HK || code == CH || code == US || code == 348;
            same(token.isCountryAllowed(code), listed, "listed");
        }
    }

    /// @dev All at once, it finds exactly what a look at each place finds.
    function testFuzz_countries_has_is_a_look_at_each_place(uint256 word, uint16 code, uint8 place) public pure {
        if (code % 2 == 0) code = uint16(word >> (16 * (place % 16))); // else it seldom is there
        bool found = false;
        for (uint256 at = 0; at < 256; at += 16) {
            if (code != 0 && uint16(word >> at) == code) found = true;
        }
        same(word.has(code), found, "has");
    }
}
