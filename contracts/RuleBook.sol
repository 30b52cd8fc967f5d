// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAssetToken} from "./interfaces/IAssetToken.sol";
import {ICompliance} from "./interfaces/ICompliance.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IPowers} from "./interfaces/IPowers.sol";
import {IRuleBook} from "./interfaces/IRuleBook.sol";
import {Kind} from "./interfaces/Types.sol";
import {Accounts} from "./rules/Accounts.sol";
import {HoldingPeriod} from "./rules/HoldingPeriod.sol";
import {RuleWord} from "./rules/RuleWord.sol";
import {RuleLadder} from "./rules/RuleLadder.sol";
import {Velocity} from "./rules/Velocity.sol";
import {Config} from "./token/Config.sol";
import {Power} from "./token/Power.sol";

/// @title  RuleBook
/// @notice The rules of one token that count. A ladder of small libraries, each with its bit in the verdict.
contract RuleBook is RuleLadder, ICompliance, IERC165 {
    using Accounts for Accounts.Book;
    using HoldingPeriod for HoldingPeriod.Book;
    using RuleWord for uint256;
    using Velocity for Velocity.Book;

    uint256 private _counted; // smallest units counted by the running preset
    address private _lastCounted;

    modifier onlyToken() {
        _checkToken();
        _;
    }

    constructor() {
        _rules = RuleWord.INITIALISED; // locks the implementation
    }

    /// @inheritdoc IRuleBook
    function initialize(address registry, uint128 maxUnits_) external {
        if (_rules != 0) revert AlreadyInitialised();
        _book.registry = registry;
        _rules = RuleWord.INITIALISED.withMaxUnits(maxUnits_).with(RuleWord.COUNTING, maxUnits_ != 0);
        emit MaxUnitsSet(maxUnits_);
    }

    // -------------------------------------------------------------------------------------------------- the rules

    /// @inheritdoc IRuleBook
    function check(Kind kind, address from, address to, uint256 amount) external view returns (uint256) {
        return _assess(kind, from, to, amount);
    }

    /// @inheritdoc IRuleBook
    function moved(Kind kind, address from, address to, uint256 amount) external returns (uint256 verdict) {
        uint256 rules = _rules;
        if (kind == Kind.Move && rules.unitsAlone()) {
            _checkToken();
            bool done;
            (done, verdict) = _movedAlone(rules, from, to, amount);
            if (done) return verdict;
        }
        return _moved(kind, from, to, amount);
    }

    /// @dev The way of most transfers: both wallets' words are their investors' totals, and both hold before and after. Then two
    ///      words change and nothing else. The long way would do the same, for twice the gas.
    function _movedAlone(uint256 rules, address from, address to, uint256 amount) private returns (bool done, uint256 verdict) {
        uint256 generation = rules.generation();
        Accounts.Total storage sender = _book.ofWalletAlone(generation, from);
        Accounts.Total storage receiver = _book.ofWalletAlone(generation, to);
        (uint256 his, uint256 theirs) = (sender.word, receiver.word);
        if (his & theirs & Accounts.OWN == 0 || from == to) return (false, 0);
        uint256 held = Accounts.unitsIn(theirs);
        if (amount == 0 || held == 0 || amount >= Accounts.unitsIn(his)) return (false, 0);
        verdict = _weighUnits(rules, held, amount);
        if (verdict != 0) return (true, verdict);
        unchecked {
            (sender.word, receiver.word) = (his - amount, theirs + amount); // less than he has; the sum is within the supply
        }
        return (true, 0);
    }

    /// @inheritdoc IRuleBook
    function rekeyed(address wallet, uint256 balance, address oldInvestor, address newInvestor) external onlyToken {
        uint256 rules = _rules;
        uint256 generation = rules.generation();
        bool moves = oldInvestor != newInvestor;
        if (rules & RuleWord.ARMED == 0 && moves && balance != 0) return _interrupted();
        if (rules & RuleWord.COUNTING == 0) return;
        if (!moves) {
            Accounts.Party memory same = _book.ofWallet(generation, wallet);
            _book.setCountry(same, IIdentityRegistry(_book.registry).investorCountry(wallet));
            return;
        }
        if (_book.heardOf(generation, wallet)) {
            Accounts.Party memory before = _book.ofWallet(generation, wallet);
            _book.take(before, balance);
            if (_book.leave(generation, wallet, oldInvestor)) delete _velocity.spent[before.place];
        }
        if (balance == 0) return; // heard of when units come
        _enter(generation, wallet);
        _book.add(_book.ofWallet(generation, wallet), balance);
    }

    /// @dev The rules and then the counters. The words and the verdict are those that `check` sees: the book looks at nothing
    ///      of the token that the movement has changed already.
    function _moved(Kind kind, address from, address to, uint256 amount) private returns (uint256 verdict) {
        uint256 rules = _rules;
        bool clocked = rules.holdingPeriod() != 0 && kind == Kind.Issue;
        bool counts = rules & RuleWord.COUNTING != 0;
        if (!clocked && !counts) return _weighPlain(rules, kind, from, to, amount); // nothing to write, whoever asks
        _checkToken();
        if (!counts || rules & RuleWord.ARMED == 0) {
            verdict = _assess(kind, from, to, amount);
            if (verdict == 0 && clocked) _holding.issued[to] = block.timestamp;
            if (verdict == 0 && counts) _interrupted();
            return verdict;
        }
        Accounts.Party memory sender = _book.ofWallet(rules.generation(), from);
        Accounts.Party memory receiver = _book.ofWallet(rules.generation(), to);
        if (sender.isNew || receiver.isNew) {
            _enter(rules.generation(), from);
            _enter(rules.generation(), to);
            sender = _book.ofWallet(rules.generation(), from); // one wallet may have moved the other's total
            receiver = _book.ofWallet(rules.generation(), to);
        }
        verdict = _weigh(rules, kind, from, to, amount, sender, receiver);
        if (verdict != 0) return verdict;
        if (clocked) _holding.issued[to] = block.timestamp;
        if (rules & RuleWord.VELOCITY != 0 && kind == Kind.Move && sender.place != receiver.place) {
            _velocity.spend(sender.place, amount);
        }
        _book.move(sender, receiver, amount);
    }

    /// @dev Hears of a wallet; what its investor spent follows his total.
    function _enter(uint256 generation, address wallet) private {
        (uint256 oldPlace, uint256 newPlace) = _book.enter(generation, wallet);
        if (newPlace == 0 || _rules & RuleWord.VELOCITY == 0) return;
        _velocity.spent[newPlace] = _velocity.spent[oldPlace];
    }

    /// @dev Units that change hands during a preset may be counted where they no longer are: it starts anew.
    function _interrupted() private {
        if (_lastCounted != address(0)) _startPreset();
    }

    // ------------------------------------------------------------------------------------------------ ERC-3643

    /// @inheritdoc ICompliance
    function canTransfer(address from, address to, uint256 amount) external view returns (bool) {
        return _assess(from == address(0) ? Kind.Issue : Kind.Move, from, to, amount) == 0;
    }

    /// @inheritdoc ICompliance
    function transferred(address from, address to, uint256 amount) external onlyToken {
        _told(Kind.Move, from, to, amount);
    }

    /// @inheritdoc ICompliance
    function created(address to, uint256 amount) external onlyToken {
        _told(Kind.Issue, address(0), to, amount);
    }

    /// @inheritdoc ICompliance
    function destroyed(address from, uint256 amount) external onlyToken {
        _told(Kind.Burn, from, address(0), amount);
    }

    function _told(Kind kind, address from, address to, uint256 amount) private {
        uint256 verdict = _moved(kind, from, to, amount);
        if (verdict != 0) revert Refused(verdict);
    }

    /// @inheritdoc ICompliance
    function bindToken(address token_) external view {
        if (token_ != _token()) revert NotTheToken(token_);
    }

    /// @inheritdoc ICompliance
    function unbindToken(address token_) external pure {
        revert NotAllowed(token_);
    }

    /// @inheritdoc ICompliance
    function isTokenBound(address token_) external view returns (bool) {
        return token_ == _token();
    }

    /// @inheritdoc ICompliance
    function getTokenBound() external view returns (address) {
        return _token();
    }

    // ----------------------------------------------------------------------------------------------- its limits

    /// @inheritdoc IRuleBook
    function setMaxUnits(uint128 units) external {
        uint256 rules = _rules;
        _checkMay(_lowers(rules.maxUnits(), units));
        _rules = rules.withMaxUnits(units);
        emit MaxUnitsSet(units);
        if (units != 0) _startCounting();
    }

    /// @inheritdoc IRuleBook
    function setMinimumHolding(uint128 units) external {
        _checkMay(units > _minimumHolding);
        _minimumHolding = units;
        _setRule(RuleWord.MINIMUM, units != 0);
        emit MinimumHoldingSet(units);
    }

    /// @inheritdoc IRuleBook
    function setMaxHolders(uint32 holders_) external {
        _checkMay(_lowers(_maxHolders, holders_));
        _maxHolders = holders_;
        _setRule(RuleWord.HOLDERS, holders_ != 0);
        emit MaxHoldersSet(holders_);
    }

    /// @inheritdoc IRuleBook
    function setMaxHoldersIn(uint16 country, uint32 holders_) external {
        _checkMay(_lowers(_maxHoldersIn[country], holders_));
        _maxHoldersIn[country] = holders_;
        if (holders_ != 0) _setRule(RuleWord.HOLDERS_COUNTRY, true);
        emit MaxHoldersInSet(country, holders_);
    }

    /// @inheritdoc IRuleBook
    function setVelocity(uint128 units, uint32 period) external {
        (uint256 before, uint256 periodBefore) = (_velocity.limit, _velocity.period);
        if ((units == 0) != (period == 0)) revert LimitInvalid();
        // Another period means other windows, in which nothing is spent yet: for those who have a rule, that loosens it.
        _checkMay(_lowers(before, units) && (before == 0 || period == periodBefore));
        (_velocity.limit, _velocity.period) = (units, period);
        _setRule(RuleWord.VELOCITY, units != 0);
        emit VelocitySet(units);
        emit VelocityPeriodSet(period);
    }

    /// @inheritdoc IRuleBook
    function setHoldingPeriod(uint32 period) external {
        uint256 before = _rules.holdingPeriod();
        _checkMay(period > before);
        if (before == 0) _startClock();
        _rules = _rules.withHoldingPeriod(period);
        emit HoldingPeriodSet(period);
    }

    /// @inheritdoc IRuleBook
    function setDenomination(uint128 units) external {
        uint256 before = _rules.denomination();
        _checkMay(units != 0 && (before == 0 || units % before == 0) && units != before);
        (bool fits, uint256 rules) = _rules.withDenomination(units);
        if (!fits) revert LimitInvalid();
        _rules = rules;
        emit DenominationSet(units);
    }

    /// @inheritdoc IRuleBook
    function setSanctionsOracle(address oracle) external {
        _checkMay(_oracle == address(0) && oracle != address(0));
        _oracle = oracle;
        _rules = _rules.with(RuleWord.SANCTIONS, oracle != address(0));
        emit SanctionsOracleSet(oracle);
    }

    function _lowers(uint256 before, uint256 limit) private pure returns (bool) {
        return limit != 0 && (before == 0 || limit < before);
    }

    function _checkMay(bool tightens) private view {
        bool may = tightens ? _hasRulesPower(msg.sender) : msg.sender == IPowers(_token()).owner();
        if (!may) revert NotAllowed(msg.sender);
    }

    function _setRule(uint256 flag, bool on) private {
        _rules = _rules.with(flag, on);
        if (on) _startCounting();
    }

    /// @dev The first rule that counts. Nothing was counted until now, so units that are out must be preset.
    function _startCounting() private {
        if (_rules & RuleWord.COUNTING != 0) return;
        if (IERC20(_token()).totalSupply() != 0 && !IAssetToken(_token()).halted()) revert NotHalted();
        _rules |= RuleWord.COUNTING;
        _startPreset();
    }

    /// @dev Nobody knows when units that are out were issued: their wallets count as issued to now.
    function _startClock() private {
        _holding.since = IERC20(_token()).totalSupply() == 0 ? 0 : uint40(block.timestamp);
    }

    // -------------------------------------------------------------------------------------------------- presets

    /// @inheritdoc IRuleBook
    function installed(address registry) external onlyToken {
        _startClock();
        _book.registry = registry;
        _startPreset();
    }

    /// @inheritdoc IRuleBook
    function registryReplaced(address registry) external onlyToken {
        _book.registry = registry;
        _startPreset();
    }

    /// @inheritdoc IRuleBook
    function startPreset() external {
        _checkPreset();
        _startPreset();
    }

    /// @inheritdoc IRuleBook
    function preset(address[] calldata wallets) external {
        _checkPreset();
        uint256 generation = _rules.generation();
        for (uint256 i = 0; i < wallets.length; ++i) {
            address wallet = wallets[i];
            if (wallet <= _lastCounted) revert PresetOutOfOrder(wallet);
            _lastCounted = wallet;
            uint256 balance = IERC20(_token()).balanceOf(wallet);
            _enter(generation, wallet);
            _book.add(_book.ofWallet(generation, wallet), balance);
            _counted += balance;
        }
        _armIfComplete();
    }

    function _checkPreset() private view {
        if (!_hasRulesPower(msg.sender)) revert NotAllowed(msg.sender);
        if (!IAssetToken(_token()).halted()) revert NotHalted();
    }

    function _startPreset() private {
        uint256 rules = _rules = _rules.nextGeneration().with(RuleWord.ARMED, false);
        _counted = 0;
        _lastCounted = address(0);
        emit PresetStarted(rules.generation(), _book.registry);
        // From here on it must hear of wallets that come in.
        if (_pushed()) IIdentityRegistry(_book.registry).watchAdmissions(_token());
        _armIfComplete();
    }

    /// @dev A sum equal to the supply proves that no holder was left out; a registry that pushes, that none changes hands
    ///      unnoticed.
    function _armIfComplete() private {
        uint256 rules = _rules;
        if (rules & RuleWord.ARMED != 0 || _counted != IERC20(_token()).totalSupply()) return;
        if (!_pushed()) return;
        _rules = rules | RuleWord.ARMED;
        _lastCounted = address(type(uint160).max); // no preset may count on top
        emit Armed(rules.generation(), _counted);
    }

    function _pushed() private view returns (bool) {
        return IAssetToken(_token()).config() & Config.BOUND != 0;
    }

    function _hasRulesPower(address account) private view returns (bool) {
        return IPowers(_token()).powersOf(account) & Power.RULES != 0;
    }

    /// @dev The token is the tail of the clone's own code, which nothing can change and which costs no slot.
    function _token() private view returns (address token_) {
        // OpenZeppelin's `fetchCloneArgs` says the same by way of new memory: for 491 gas more on every counted transfer.
        assembly ("memory-safe") {
            extcodecopy(address(), 0, 45, 32)
            token_ := shr(96, mload(0))
        }
    }

    function _checkToken() private view {
        if (msg.sender != _token()) revert NotTheToken(msg.sender);
    }

    // ----------------------------------------------------------------------------------------------------- views

    /// @inheritdoc IRuleBook
    function armed() external view returns (bool) {
        return _rules & (RuleWord.COUNTING | RuleWord.ARMED) != RuleWord.COUNTING;
    }

    /// @inheritdoc IRuleBook
    function token() external view returns (address) {
        return _token();
    }

    /// @notice ERC-165.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return
            id == type(IERC165).interfaceId || id == type(IRuleBook).interfaceId || id == type(ICompliance).interfaceId;
    }
}
