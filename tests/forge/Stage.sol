// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Hostile, Wallet1271} from "./Contracts.sol";
import {IIdentityRegistry, Kind, Power, RuleBookFixture, Standing, TokenTerms, Vm} from "./Fixture.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Replay} from "./Replay.sol";

/// @notice Nine wallets of six kinds of people, everybody with a power, and one way through a door that notes what must
///         never happen. `broken(n)` counts how often invariant I-n was broken.
abstract contract Stage is RuleBookFixture {
    using Config for uint256;

    uint256 internal constant PEOPLE = 9;
    uint128 internal constant SMALL_CAP = 3_000;
    address internal immutable recoverer = actor("recoverer");
    address internal immutable raiser = actor("raiser");

    /// Everything a movement may touch, of all people.
    struct Look {
        uint256 supply;
        uint256[PEOPLE] balances;
        uint256[PEOPLE] frozen;
    }

    struct Try {
        Kind kind;
        address by;
        address from;
        address to;
        uint256 amount;
    }

    address[] public people;
    Replay public replay;
    Hostile public hostile;
    IIdentityRegistry public second; // groups the wallets otherwise
    mapping(uint256 invariant_ => uint256 times) public broken;
    uint256 public minted;
    uint256 public burned;
    uint256 public swaps;
    uint256[] private _drawnAt; // since the mint window was set
    uint256[] private _drawn;

    /// Replays what the door logged.
    modifier told() {
        vm.recordLogs();
        _;
        replay.take(vm.getRecordedLogs());
    }

    constructor() {
        vm.recordLogs();
        setUp();
        hostile = new Hostile();
        address alice2 = actor("alice2");
        (address dave, address erin) = (actor("dave"), actor("erin"));
        address purse = address(new Wallet1271(alice)); // a contract that holds units
        people = [alice, bob, carol, carol2, dave, erin, stranger, purse, alice2];
        vm.startPrank(admitter);
        registry.link(alice, alice2);
        vm.stopPrank();
        admit(registry, dave, RETAIL, HK);
        admit(registry, erin, RETAIL, HK);
        admit(registry, purse, VENUE, HK);
        second = newRegistry();
        admit(second, alice, RETAIL, HK);
        admit(second, carol, PROFESSIONAL, CH);
        vm.startPrank(admitter);
        second.link(alice, bob);
        second.link(carol, alice2);
        vm.stopPrank();
        vm.startPrank(issuer);
        token.grantPowers(recoverer, Power.RECOVER);
        token.grantPowers(raiser, Power.RAISE);
        token.revokePowers(agent, Power.RAISE);
        second.trustCode(address(token).codehash, true);
        vm.stopPrank();
        vm.prank(admitter);
        registry.renew(carol, START + 2 days, "short");
        for (uint256 i = 0; i < PEOPLE; ++i) {
            if (people[i] != stranger) _mint(people[i], 300);
        }
        expire(dave);
        freeze(erin);
        freezeAmount(carol, 200);
        freezeAmount(alice, 100);
        freezeAmount(bob, 300);
        freezeAmount(purse, 50);
        replay = new Replay(address(token), address(registry), address(second), address(book));
        replay.take(vm.getRecordedLogs());
    }

    function terms() internal view override returns (TokenTerms memory t) {
        t = super.terms();
        t.cap = SMALL_CAP;
    }

    function _mint(address to, uint256 amount) private {
        give(to, amount);
        minted += amount;
    }

    // ------------------------------------------------------------------------------------------------- through a door

    /// Goes through a door of the token and looks on both sides of it.
    function _do(Try memory t, bytes memory call) internal returns (bool ok) {
        Look memory before = look();
        bool expected = _expected(t);
        bool frozenParty = token.isFrozen(t.to)
            || (t.kind == Kind.Move && (token.isFrozen(t.from) || token.isFrozen(t.by)));
        bool mayHold = eligible(t.to);
        bool stopped = token.halted() || (t.kind == Kind.Move && token.paused());
        vm.record();
        ok = _call(t.by, address(token), call);
        (, bytes32[] memory writes) = vm.accesses(address(token));
        Look memory now_ = look();
        if (ok != expected) ++broken[11];
        if (!ok) {
            if (_differ(before, now_)) ++broken[11];
            return false;
        }
        if (stopped && _differ(before, now_)) ++broken[12];
        bool arrives = t.kind != Kind.Redeem && t.kind != Kind.Burn;
        if (frozenParty && arrives) ++broken[9];
        if (!mayHold && arrives && t.amount != 0) ++broken[10];
        if (t.from == t.to && _differ(before, now_)) ++broken[7];
        if (t.amount == 0) {
            bool plain = t.kind == Kind.Move && t.by == t.from; // an allowance is written anew, with the same value
            if (_differ(before, now_) || (plain && writes.length != 0)) ++broken[8];
        }
        _checkOutflow(t, before, now_);
        if (t.kind == Kind.Issue) _drew(t.amount);
    }

    /// What the views foretell. The mint window and a stranger's compliance contract that fails are not in a verdict.
    function _expected(Try memory t) internal view returns (bool) {
        uint256 verdict = token.explainMovement(t.kind, t.from, t.to, t.amount);
        if (t.kind == Kind.Move) {
            verdict = t.by == t.from
                ? token.explain(t.from, t.to, t.amount)
                : token.explainFrom(t.by, t.from, t.to, t.amount);
        }
        if (verdict != 0) return false;
        bool ruled = t.kind == Kind.Issue || t.kind == Kind.Move;
        if (ruled && t.amount != 0 && token.compliance() == address(hostile)) {
            if (hostile.temper() == Hostile.Temper.Failing) return false;
        }
        if (t.kind != Kind.Issue) return true;
        (,, uint256 available) = token.mintWindow();
        return t.amount <= available;
    }

    function _checkOutflow(Try memory t, Look memory before, Look memory now_) private {
        if (t.kind == Kind.Issue) return;
        uint256 i = _indexOf(t.from);
        (uint256 balance, uint256 frozen) = (before.balances[i], before.frozen[i]);
        uint256 free = balance > frozen ? balance - frozen : 0;
        if (t.kind == Kind.Move || t.kind == Kind.Redeem) {
            if (t.amount > free) ++broken[5];
            return;
        }
        bool stays = t.from == t.to;
        uint256 lifted = !stays && t.amount > free ? t.amount - free : 0;
        if (balance - now_.balances[i] != (stays ? 0 : t.amount)) ++broken[6];
        if (frozen - now_.frozen[i] != lifted) ++broken[6];
    }

    /// In any span of time t, at most size + size * t / period units come into being.
    function _drew(uint256 amount) internal {
        (uint256 size, uint256 period,) = token.mintWindow();
        if (period == 0) return;
        _drawnAt.push(block.timestamp);
        _drawn.push(amount);
        uint256 sum;
        for (uint256 i = _drawn.length; i > 0; --i) {
            sum += _drawn[i - 1];
            uint256 span = block.timestamp - _drawnAt[i - 1];
            if (sum > size + size * span / period) ++broken[19];
        }
    }

    function _windowSet() internal {
        delete _drawnAt;
        delete _drawn;
    }

    // ----------------------------------------------------------------------------------------------------- looking

    function look() public view returns (Look memory l) {
        l.supply = token.totalSupply();
        for (uint256 i = 0; i < PEOPLE; ++i) {
            l.balances[i] = token.balanceOf(people[i]);
            l.frozen[i] = token.getFrozenTokens(people[i]);
        }
    }

    /// May hold units by the registry in the slot and the token's lists, whatever the token's copy says.
    function eligible(address who) public view returns (bool) {
        Standing memory s = current().standing(who);
        uint16 classes = token.config().classes();
        bool class = classes == 0 || (classes >> s.class) & 1 != 0;
        return s.investor != address(0) && !s.denied && block.timestamp <= s.validUntil && class
            && token.isCountryAllowed(s.country);
    }

    function current() public view returns (IIdentityRegistry) {
        return IIdentityRegistry(token.identityRegistry());
    }

    function at() external view returns (address, address) {
        return (address(token), address(book));
    }

    function _differ(Look memory a, Look memory b) internal pure returns (bool) {
        return keccak256(abi.encode(a)) != keccak256(abi.encode(b));
    }

    function _call(address by, address what, bytes memory call) internal returns (bool ok) {
        (ok,) = _logged(by, what, call);
    }

    /// What a call logged that failed was recorded by forge, and never happened.
    function _logged(address by, address what, bytes memory call) internal returns (bool ok, Vm.Log[] memory logs) {
        replay.take(vm.getRecordedLogs());
        vm.prank(by);
        (ok,) = what.call(call);
        logs = vm.getRecordedLogs();
        if (ok) replay.take(logs);
    }

    function _indexOf(address who) internal view returns (uint256 i) {
        while (people[i] != who) ++i;
    }

    function _who(uint256 n) internal view returns (address) {
        return people[n % PEOPLE];
    }

    function _amount(uint256 n) internal pure returns (uint256) {
        return within(n, 0, 600);
    }

    /// Half of the time no more than he holds, now and then all of it.
    function _amountOf(address who, uint256 n) internal view returns (uint256) {
        if (n % 8 == 0) return token.balanceOf(who);
        return n % 2 == 0 ? within(n, 0, token.balanceOf(who)) : _amount(n);
    }

    function _sorted() internal view returns (address[] memory list) {
        list = people;
        for (uint256 i = 1; i < list.length; ++i) {
            for (uint256 k = i; k > 0 && list[k - 1] > list[k]; --k) {
                (list[k - 1], list[k]) = (list[k], list[k - 1]);
            }
        }
    }
}
