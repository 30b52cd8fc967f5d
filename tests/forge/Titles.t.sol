// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IAssetTokenControl, IToken, TokenTerms} from "./Fixture.sol";

/// @notice Name and symbol lie in one string; both come out as they went in, whatever their lengths.
contract TitlesTest is Fixture {
    function _named(string memory name, string memory symbol, bytes32 salt) private returns (IToken made) {
        TokenTerms memory t = terms();
        (t.name, t.symbol) = (name, symbol);
        (made,) = newToken(t, salt);
    }

    function _are(IToken one, string memory name, string memory symbol) private view {
        same(uint256(keccak256(bytes(one.name()))), uint256(keccak256(bytes(name))), "name");
        same(uint256(keccak256(bytes(one.symbol()))), uint256(keccak256(bytes(symbol))), "symbol");
    }

    function testFuzz_titles_of_any_length(string memory name, string memory symbol, string memory other) public {
        vm.assume(bytes(symbol).length < 256 && bytes(other).length < 256 && bytes(other).length != 0);
        IToken made = _named(name, symbol, "titled");
        _are(made, name, symbol);
        vm.startPrank(issuer);
        made.setSymbol(other);
        _are(made, name, other);
        made.setName(string(new bytes(300)));
        _are(made, string(new bytes(300)), other);
        made.setName(other);
        _are(made, other, other);
        vm.stopPrank();
    }

    function test_titles_a_symbol_has_at_most_255_bytes() public {
        string memory longest = string(new bytes(255));
        _are(_named("A", longest, "longest"), "A", longest);
        TokenTerms memory t = terms();
        t.symbol = string(new bytes(256));
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        factory.createToken(t, "too long");
        vm.prank(issuer);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        token.setSymbol(string(new bytes(256)));
    }

    function test_titles_an_implementation_has_none() public view {
        _are(IToken(factory.tokenImplementation()), "", "");
    }
}
