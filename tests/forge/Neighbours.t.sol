// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, Standing} from "./Fixture.sol";

/// @notice What changes one thing leaves the one beside it alone: the next country of a list, the next bit of an address.
contract NeighboursTest is Fixture {
    function testFuzz_a_country_goes_in_and_out_without_its_neighbours(uint16 country) public {
        country = uint16(within(country, 1, type(uint16).max - 1));
        vm.prank(agent);
        token.setCountryList(true);
        _allow(issuer, country, true);
        yes(token.isCountryAllowed(country), "in");
        no(token.isCountryAllowed(country - 1), "the one below");
        no(token.isCountryAllowed(country + 1), "the one above");
        no(token.isCountryAllowed(country ^ 256), "the same place of another word");
        _allow(issuer, country - 1, true);
        _allow(issuer, country + 1, true);
        _allow(agent, country, false);
        no(token.isCountryAllowed(country), "out");
        yes(token.isCountryAllowed(country - 1), "the one below stays");
        yes(token.isCountryAllowed(country + 1), "the one above stays");
    }

    function testFuzz_a_detached_link_is_exactly_that_investors(address investor) public {
        if (investor == address(0)) investor = address(2);
        vm.prank(admitter);
        registry.updateIdentity(carol2, investor);
        same(registry.identity(carol2), investor, "investor");
        Standing memory s = registry.standing(carol2);
        same(s.investor, investor, "standing");
        same(s.country, US, "country");
        same(s.class, RETAIL, "class");
        same(s.validUntil, VALID, "validity");
        no(s.denied, "denied");
    }

    function _allow(address who, uint16 country, bool allowed) private {
        uint16[] memory list = new uint16[](1);
        list[0] = country;
        vm.prank(who);
        token.allowCountries(list, allowed);
    }
}
