// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Mode, RuleBookFixture, TokenTerms, Verdict} from "./Fixture.sol";

/// @notice The view that predicts and the door that refuses never disagree, whatever state the token is in.
contract AgreementTest is RuleBookFixture {
    uint256 private _seed;
    address[] private _people;

    function terms() internal view override returns (TokenTerms memory t) {
        t = super.terms();
        t.countries = new uint16[](2);
        (t.countries[0], t.countries[1]) = (HK, CH);
    }

    function setUp() public override {
        super.setUp();
        _people = [alice, bob, carol, carol2, venue, stranger, address(token), address(0)];
        vm.prank(issuer);
        token.setCountryList(false); // most states should let somebody through
        vm.startPrank(agent);
        token.mint(alice, 700);
        token.mint(bob, 500);
        token.mint(carol2, 900);
        token.mint(venue, 300);
        vm.stopPrank();
    }

    function testFuzz_explain_is_zero_if_and_only_if_the_transfer_passes(uint256 seed, uint256 amount) public {
        _scramble(seed);
        (address from, address to) = (_pick(), _pick());
        uint256 x = _one(4) ? amount : within(amount, 0, 800);
        uint256 verdict = token.explain(from, to, x);
        same(token.canTransfer(from, to, x), verdict & ~Verdict.BALANCE == 0, "canTransfer");
        same(token.detectTransferRestriction(from, to, x), _code(verdict), "1404");
        vm.prank(from);
        (bool ok,) = address(token).call(abi.encodeCall(token.transfer, (to, x)));
        same(ok, verdict == 0, "transfer");
    }

    function testFuzz_explainFrom_is_zero_if_and_only_if_the_transferFrom_passes(uint256 seed, uint256 amount) public {
        _scramble(seed);
        (address spender, address from, address to) = (_pick(), _pick(), _pick());
        uint256 x = within(amount, 0, 800);
        if (spender != address(0)) {
            vm.prank(from);
            token.approve(spender, within(_draw(), 0, 1_600));
        }
        uint256 verdict = token.explainFrom(spender, from, to, x);
        same(token.detectTransferRestrictionFrom(spender, from, to, x), _code(verdict), "1404");
        vm.prank(spender);
        (bool ok,) = address(token).call(abi.encodeCall(token.transferFrom, (from, to, x)));
        same(ok, verdict == 0, "transferFrom");
    }

    function _scramble(uint256 seed) private {
        _seed = seed;
        for (uint256 i = 0; i < 5; ++i) {
            _scramblePerson(_people[i]);
        }
        vm.startPrank(agent);
        if (_one(8)) token.pause();
        if (_one(6)) token.setMode(Mode(1 + _draw() % 3));
        if (_one(8)) token.setLockUp(START + 10);
        if (_one(6)) token.setCountryList(true);
        if (_one(6)) token.setClasses(uint16(1 << RETAIL | 1 << VENUE));
        if (_one(6)) book.setMaxUnits(uint128(400 + _draw() % 600));
        if (_one(16)) token.halt(REF);
        vm.stopPrank();
        vm.prank(issuer);
        token.setRoleMatrix(uint16(_draw()));
        if (_one(8)) vm.warp(VALID + _draw() % 2);
    }

    function _scramblePerson(address who) private {
        vm.startPrank(agent);
        if (_one(8)) token.setAddressFrozen(who, true);
        if (_one(5)) token.setFrozenTokens(who, _draw() % 1_000);
        vm.stopPrank();
        vm.startPrank(admitter);
        if (_one(8)) registry.revoke(who, REF);
        if (_one(8)) registry.deny(who, true, REF);
        if (_one(8)) registry.setStanding(who, US, VENUE, VALID + 1, REF);
        if (_one(8)) registry.renew(who, VALID + 1, REF);
        if (_one(8) && who != carol) registry.remove(who);
        vm.stopPrank();
    }

    function _draw() private returns (uint256) {
        return _seed = uint256(keccak256(abi.encode(_seed)));
    }

    function _one(uint256 in_) private returns (bool) {
        return _draw() % in_ == 0;
    }

    function _pick() private returns (address) {
        uint256 n = _draw() % 16;
        return _people[n < _people.length ? n : n % 5]; // registered people more often
    }

    function _code(uint256 verdict) private pure returns (uint256 code) {
        if (verdict == 0) return 0;
        for (code = 1; verdict & 1 == 0; ++code) {
            verdict >>= 1;
        }
    }
}
