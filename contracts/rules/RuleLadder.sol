// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRuleBook} from "../interfaces/IRuleBook.sol";
import {Kind} from "../interfaces/Types.sol";
import {Verdict} from "../token/Verdict.sol";
import {Accounts} from "./Accounts.sol";
import {Denomination} from "./Denomination.sol";
import {Holders} from "./Holders.sol";
import {HoldingPeriod} from "./HoldingPeriod.sol";
import {MinimumHolding} from "./MinimumHolding.sol";
import {RuleWord} from "./RuleWord.sol";
import {Sanctions} from "./Sanctions.sol";
import {UnitsPerInvestor} from "./UnitsPerInvestor.sol";
import {Velocity} from "./Velocity.sol";

/// @notice All rules on one ladder: `_weigh` is the only code that refuses. It is asked by the view that predicts and by the
///         hook that counts, with the same words, so they cannot disagree. Changes nothing.
abstract contract RuleLadder is IRuleBook {
    using Accounts for Accounts.Book;
    using Accounts for Accounts.Party;
    using HoldingPeriod for HoldingPeriod.Book;
    using RuleWord for uint256;
    using Velocity for Velocity.Book;

    uint256 internal _rules; // see RuleWord.sol
    Accounts.Book internal _book;
    uint32 internal _maxHolders;
    uint128 internal _minimumHolding; // smallest units
    Velocity.Book internal _velocity;
    HoldingPeriod.Book internal _holding;
    mapping(uint16 country => uint256 holders) internal _maxHoldersIn;
    address internal _oracle;

    /// @dev The verdict on a movement that has not been counted.
    function _assess(Kind kind, address from, address to, uint256 amount) internal view returns (uint256) {
        uint256 rules = _rules;
        Accounts.Party memory sender;
        Accounts.Party memory receiver;
        if (rules & (RuleWord.COUNTING | RuleWord.ARMED) == RuleWord.COUNTING | RuleWord.ARMED && kind <= Kind.Redeem) {
            // An issue comes from nobody and a redemption goes to nobody, whatever a question names.
            if (kind != Kind.Issue) sender = _book.ofWallet(rules.generation(), from);
            if (kind != Kind.Redeem) receiver = _book.ofWallet(rules.generation(), to);
        }
        return _weigh(rules, kind, from, to, amount, sender, receiver);
    }

    /// @dev The columns of the movement table: Issue and Move know every rule, Redeem the two on amounts, the rest none.
    function _weigh(
        uint256 rules,
        Kind kind,
        address from,
        address to,
        uint256 amount,
        Accounts.Party memory sender,
        Accounts.Party memory receiver
    ) internal view returns (uint256 v) {
        v = _weighPlain(rules, kind, from, to, amount);
        if (kind > Kind.Redeem || rules & RuleWord.COUNTING == 0) return v;
        if (rules & RuleWord.ARMED == 0) return kind == Kind.Redeem ? v : v | Verdict.COMPLIANCE;
        if (amount == 0 || sender.place == receiver.place) return v; // nothing changes hands
        if (kind != Kind.Redeem && receiver.place != 0) v |= _weighUnits(rules, receiver.units(), amount);
        if (rules & RuleWord.FURTHER == 0) return v;
        if (rules & RuleWord.MINIMUM != 0) v |= _weighMinimum(amount, sender, receiver);
        if (kind == Kind.Redeem) return v;
        if (receiver.place != 0) {
            if (rules & (RuleWord.HOLDERS | RuleWord.HOLDERS_COUNTRY) != 0) v |= _weighHolders(rules, amount, sender, receiver);
        }
        if (rules & RuleWord.VELOCITY != 0 && kind == Kind.Move && sender.place != 0) {
            if (_velocity.refuses(sender.place, amount)) v |= Verdict.VELOCITY;
        }
    }

    /// @dev The rules that ask of amount and wallets only, whatever anybody holds.
    function _weighPlain(uint256 rules, Kind kind, address from, address to, uint256 amount)
        internal
        view
        returns (uint256 v)
    {
        if (kind > Kind.Redeem || rules & RuleWord.PLAIN == 0) return 0;
        if (Denomination.refuses(rules.denomination(), amount)) v |= Verdict.DENOMINATION;
        if (kind == Kind.Redeem) return v;
        uint256 period = rules.holdingPeriod();
        if (period != 0 && kind == Kind.Move && _holding.refuses(period, from)) v |= Verdict.HOLDING_PERIOD;
        if (rules & RuleWord.SANCTIONS == 0) return v;
        address oracle = _oracle;
        if (Sanctions.lists(oracle, to) || (kind == Kind.Move && Sanctions.lists(oracle, from))) v |= Verdict.SANCTIONS;
    }

    function _weighUnits(uint256 rules, uint256 held, uint256 amount) internal pure returns (uint256) {
        return UnitsPerInvestor.refuses(rules.maxUnits(), held, amount) ? Verdict.MAX_UNITS : 0;
    }

    function _weighMinimum(uint256 amount, Accounts.Party memory sender, Accounts.Party memory receiver)
        private
        view
        returns (uint256)
    {
        uint256 minimum = _minimumHolding;
        bool refuses = sender.place != 0 && MinimumHolding.refusesSender(minimum, sender.units(), amount);
        refuses = refuses || (receiver.place != 0 && MinimumHolding.refusesReceiver(minimum, receiver.units(), amount));
        return refuses ? Verdict.MINIMUM_HOLDING : 0;
    }

    function _weighHolders(uint256 rules, uint256 amount, Accounts.Party memory sender, Accounts.Party memory receiver)
        private
        view
        returns (uint256 v)
    {
        uint256 generation = rules.generation();
        if (Holders.refuses(_maxHolders, _book.holders[generation], sender, receiver, true, amount)) v |= Verdict.HOLDERS;
        uint256 country = receiver.country();
        uint256 limit = _maxHoldersIn[uint16(country)];
        uint256 there = _book.holdersIn[generation][country];
        bool sameRoom = sender.country() == country;
        if (Holders.refuses(limit, there, sender, receiver, sameRoom, amount)) v |= Verdict.HOLDERS_COUNTRY;
    }

    // ----------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IRuleBook
    function maxUnits() external view returns (uint256) {
        return _rules.maxUnits();
    }

    /// @inheritdoc IRuleBook
    function unitsOf(address investor) external view returns (uint256) {
        return _book.unitsOf(_rules.generation(), investor);
    }

    /// @inheritdoc IRuleBook
    function unitsBehind(address wallet) external view returns (uint256 units, uint256 country) {
        Accounts.Party memory p = _book.ofWallet(_rules.generation(), wallet);
        return (p.units(), p.country());
    }

    /// @inheritdoc IRuleBook
    function minimumHolding() external view returns (uint256) {
        return _minimumHolding;
    }

    /// @inheritdoc IRuleBook
    function denomination() external view returns (uint256) {
        return _rules.denomination();
    }

    /// @inheritdoc IRuleBook
    function maxHolders() external view returns (uint256) {
        return _maxHolders;
    }

    /// @inheritdoc IRuleBook
    function holders() external view returns (uint256) {
        return _book.holders[_rules.generation()];
    }

    /// @inheritdoc IRuleBook
    function maxHoldersIn(uint16 country) external view returns (uint256) {
        return _maxHoldersIn[country];
    }

    /// @inheritdoc IRuleBook
    function holdersIn(uint16 country) external view returns (uint256) {
        return _book.holdersIn[_rules.generation()][country];
    }

    /// @inheritdoc IRuleBook
    function velocity() external view returns (uint256 units, uint256 period) {
        return (_velocity.limit, _velocity.period);
    }

    /// @inheritdoc IRuleBook
    function spentBehind(address wallet) external view returns (uint256) {
        uint256 generation = _rules.generation();
        uint256 place = _book.ofWallet(generation, wallet).place;
        return _velocity.spentAt(place);
    }

    /// @inheritdoc IRuleBook
    function holdingPeriod() external view returns (uint256) {
        return _rules.holdingPeriod();
    }

    /// @inheritdoc IRuleBook
    function heldUntil(address wallet) external view returns (uint256) {
        return _holding.heldUntil(_rules.holdingPeriod(), wallet);
    }

    /// @inheritdoc IRuleBook
    function sanctionsOracle() external view returns (address) {
        return _oracle;
    }

    /// @inheritdoc IRuleBook
    function isSanctioned(address account) external view returns (bool) {
        return _oracle != address(0) && Sanctions.lists(_oracle, account);
    }

    /// @inheritdoc IRuleBook
    function identityRegistry() external view returns (address) {
        return _book.registry;
    }
}
