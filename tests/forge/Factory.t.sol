// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AssetToken} from "../../contracts/AssetToken.sol";
import {
    AssetFactory,
    Fixture,
    IAssetTokenControl,
    IPowers,
    IRuleBook,
    IToken,
    TokenTerms
} from "./Fixture.sol";

contract FactoryTest is Fixture {
    function test_addresses_are_known_beforehand_and_used_once() public {
        TokenTerms memory t = terms();
        t.maxUnitsPerInvestor = 5;
        address at = factory.tokenAddress(issuer, t, "x");
        (IToken made, IRuleBook rules) = newToken(t, "x");
        same(address(made), at, "token");
        same(address(rules), factory.ruleBookAddress(at), "rule book");
        same(rules.token(), at, "rule book's token");
        same(made.compliance(), address(rules), "compliance");
        vm.expectRevert();
        vm.prank(issuer);
        factory.createToken(t, "x");
    }

    function test_the_largest_limit_is_none_and_makes_a_rule_book_for_other_rules() public {
        TokenTerms memory t = terms();
        t.maxUnitsPerInvestor = type(uint128).max;
        (IToken made, IRuleBook rules) = newToken(t, "x");
        same(made.compliance(), address(rules), "compliance");
        same(rules.maxUnits(), 0, "no limit");
        yes(rules.armed(), "nothing to count");
        vm.prank(agent);
        rules.setMaxHolders(1);
        no(rules.armed(), "counts before the registry pushes");
        bind(registry, made);
        yes(rules.armed(), "armed by the binding");
    }

    function test_V17_salt_is_bound_to_caller_and_configuration() public {
        TokenTerms memory t = terms();
        address mine = factory.tokenAddress(issuer, t, "x");
        vm.prank(stranger); // the same terms and salt
        (address other,) = factory.createToken(t, "x");
        no(other == mine, "caller");
        t.owner = stranger;
        no(factory.tokenAddress(issuer, t, "x") == mine, "owner");
        t = terms();
        t.agents[0].powers = 1;
        no(factory.tokenAddress(issuer, t, "x") == mine, "agents");
        t = terms();
        t.name = "Harbour Money Market B";
        no(factory.tokenAddress(issuer, t, "x") == mine, "name");
        no(factory.tokenAddress(issuer, terms(), "y") == mine, "salt");
        (IToken made,) = newToken(terms(), "x");
        same(address(made), mine, "still mine");
    }

    function test_I24_nothing_is_initialised_twice() public {
        TokenTerms memory t = terms();
        t.owner = stranger;
        address hot = factory.tokenImplementation();
        address[3] memory tokens = [address(token), hot, AssetToken(payable(hot)).control()];
        for (uint256 i = 0; i < tokens.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.AlreadyInitialised.selector));
            IAssetTokenControl(tokens[i]).initialize(t, address(0));
        }
        IRuleBook locked = IRuleBook(factory.ruleBookImplementation());
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.AlreadyInitialised.selector));
        locked.initialize(address(registry), 1);
    }

    function test_implementations_have_no_owner_and_no_door() public {
        address hot = factory.tokenImplementation();
        same(IPowers(hot).owner(), address(0), "hot half");
        expectNotOwner(stranger);
        vm.prank(stranger);
        IPowers(hot).grantPowers(stranger, 1);
        vm.expectRevert();
        vm.prank(alice);
        IToken(hot).transfer(bob, 0);
    }

    function test_terms_that_make_no_token_are_refused() public {
        TokenTerms memory t = terms();
        t.cap = 0;
        _refused(t, IAssetTokenControl.TermsInvalid.selector);
        t = terms();
        t.classes = 1 << 5; // there are the classes 0 to 4
        _refused(t, IAssetTokenControl.TermsInvalid.selector);
        t = terms();
        t.identityRegistry = address(lens);
        _refused(t, IAssetTokenControl.SlotInvalid.selector);
        t = terms();
        t.owner = address(0);
        _refused(t, IPowers.OwnableInvalidOwner.selector);
        t = terms();
        t.agents[0].powers = type(uint256).max;
        _refused(t, IPowers.PowersInvalid.selector);
    }

    function _refused(TokenTerms memory t, bytes4 error) private {
        (bool ok, bytes memory answer) = address(factory).call(abi.encodeCall(AssetFactory.createToken, (t, "r")));
        no(ok, "made");
        same(uint32(bytes4(answer)), uint32(error), "error");
    }

    // ------------------------------------------------------------------------------------------- the other half

    function test_fallback_takes_no_value_and_no_unknown_door() public {
        (bool ok,) = address(token).call{value: 1}("");
        no(ok, "value without data");
        (ok,) = address(token).call{value: 1}(abi.encodeWithSignature("version()"));
        no(ok, "value with data");
        (ok,) = address(token).call("");
        no(ok, "nothing");
        (ok,) = address(token).call(hex"01");
        no(ok, "one byte");
        (ok,) = address(token).call(abi.encodeWithSignature("selfdestruct(address)", stranger));
        no(ok, "unknown");
    }

    function test_fallback_passes_answers_and_errors_through() public {
        same(uint256(keccak256(bytes(token.version()))), uint256(keccak256("0.1.0")), "string");
        expectNotOwner(stranger);
        vm.prank(stranger);
        token.setCompliance(address(0));
    }
}
