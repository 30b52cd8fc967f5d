// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {ICompliance} from "../interfaces/ICompliance.sol";
import {IERC7943Fungible} from "../interfaces/IERC7943.sol";
import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {IRuleBook} from "../interfaces/IRuleBook.sol";
import {ISource} from "../interfaces/ISource.sol";
import {Mode, Standing} from "../interfaces/Types.sol";
import {Config} from "./Config.sol";
import {Countries} from "./Countries.sol";
import {Door} from "./Door.sol";
import {ForeignRegistry} from "./ForeignRegistry.sol";
import {Record} from "./Record.sol";
import {TokenStorage} from "./TokenStorage.sol";
import {Verdict} from "./Verdict.sol";

/// @notice The one gate: every balance change goes through `_move`, and every question about one is answered by the
///         `_assess` that `_move` asks. They cannot disagree.
abstract contract Gate is TokenStorage {
    using Record for uint256;
    using Config for uint256;
    using Countries for uint256;

    struct Movement {
        uint256 door; // its row of the movement table; see Door
        address spender; // `from` himself unless somebody moves for him
        address from;
        address to;
        uint256 amount; // smallest units
    }

    /// @dev The movement table of contracts/README.md, column by column. A clean record earns no bit: one comparison stands for
    ///      all its checks. `from` and `to` are the records, with a fresh copy where one was needed.
    function _assess(Movement memory m)
        internal
        view
        returns (uint256 verdict, uint256 config, uint256 from, uint256 to)
    {
        return _assess(m, true);
    }

    /// @dev Without `rules` the rule book is not asked: it is about to be told, and its answer is the same.
    function _assess(Movement memory m, bool rules)
        internal
        view
        returns (uint256 v, uint256 config, uint256 from, uint256 to)
    {
        uint256 door = m.door;
        config = _config;
        if (config & Config.HALTED != 0) v = Verdict.HALTED;
        if (door & Door.FROM != 0) (from, v) = _assessFrom(m, config, v);
        else if (m.amount > _cap - config.supply()) v |= Verdict.CAP;
        if (door & Door.TO != 0) (to, v) = _assessTo(m, config, v);
        if (door & Door.TERMS != 0) v |= _assessTerms(m, config, from, to);
        if (config & Config.COMPLIANCE != 0 && door & Door.ASKED != 0) v |= _assessCompliance(m, config, from, rules);
    }

    /// @dev Sender's columns: identity, freezes and denial as his row has them, balance in all.
    function _assessFrom(Movement memory m, uint256 config, uint256 v) private view returns (uint256 record, uint256) {
        uint256 door = m.door;
        record = _records[m.from];
        if (door & Door.FROM_FREE != 0 && !record.clean(config)) {
            record = _identified(config, record, m.from);
            if (record & Record.FROZEN != 0) v |= Verdict.FROM_FROZEN;
            if (record & Record.DENIED != 0) v |= Verdict.FROM_DENIED;
            if (door & Door.FROM_ID != 0) v |= _identityBits(record);
            if (record & Record.PARTLY_FROZEN != 0 && m.amount > _free(record, m.from)) v |= Verdict.FROZEN_AMOUNT;
        }
        if (m.amount > record.balance()) v |= Verdict.BALANCE;
        return (record, v);
    }

    /// @dev Receiver's columns: freeze and denial always, identity but for a recovery.
    function _assessTo(Movement memory m, uint256 config, uint256 v) private view returns (uint256 record, uint256) {
        address to = m.to;
        if (to == address(0) || to == address(this)) v |= Verdict.RECEIVER;
        record = _records[to];
        if (record.clean(config)) return (record, v);
        record = _identified(config, record, to);
        if (record & Record.FROZEN != 0) v |= Verdict.TO_FROZEN;
        if (record & Record.DENIED != 0) v |= Verdict.TO_DENIED;
        if (m.door & Door.TO_ID != 0) v |= _identityBits(record) << 1; // each TO_ bit lies one above its FROM_ bit
        return (record, v);
    }

    /// @dev Pause, mode, lock-up and the spender: a Move only.
    function _assessTerms(Movement memory m, uint256 config, uint256 from, uint256 to)
        private
        view
        returns (uint256 v)
    {
        if (config & (Config.PAUSED | Config.MODE) != 0) {
            if (config & Config.PAUSED != 0) v = Verdict.PAUSED;
            Mode mode_ = config.mode();
            if (mode_ == Mode.PrimaryOnly) v |= Verdict.MODE;
            if (mode_ == Mode.VenueOnly && from.class() != _VENUE && to.class() != _VENUE) v |= Verdict.MODE;
            if (mode_ == Mode.RoleMatrix && !config.mayMove(from.class(), to.class())) v |= Verdict.MODE;
        }
        if (block.timestamp < config.lockUp()) v |= Verdict.LOCK_UP;
        if (m.spender != m.from) {
            uint256 record = _records[m.spender];
            if (record.clean(config)) return v;
            record = _identified(config, record, m.spender);
            if (record & Record.FROZEN != 0) v |= Verdict.SPENDER_FROZEN;
            if (record & Record.DENIED != 0) v |= Verdict.SPENDER_DENIED;
        }
    }

    /// @dev What the compliance slot says. A contract that fails refuses Issue and Move, and lets redemptions pass; it never
    ///      makes a view revert. Only a rule book is asked about redemptions.
    function _assessCompliance(Movement memory m, uint256 config, uint256 from, bool rules)
        private
        view
        returns (uint256)
    {
        bool book = config & Config.RULE_BOOK != 0;
        if (book && !rules) return 0;
        uint256 failed = m.door & Door.RULES != 0 ? Verdict.COMPLIANCE : 0;
        if (book) {
            (bool ok, uint256 bits) = _ask(_compliance, _bookHook(IRuleBook.check.selector, m, from));
            return ok ? bits & _ruleBits(m.door) : failed;
        }
        if (failed == 0) return 0;
        (bool answered, uint256 yes) = _ask(_compliance, _hook(ICompliance.canTransfer.selector, m));
        return answered && yes == 1 ? 0 : failed;
    }

    /// @dev Calldata of (from, to, amount), which are the last words of a movement as they lie in memory; `abi.encodeCall`
    ///      writes the same for 160 gas more.
    function _hook(bytes4 selector, Movement memory m) private pure returns (bytes memory data) {
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(0x40, add(data, 0xa0))
            mstore(data, 100)
            mstore(add(data, 32), selector)
            mcopy(add(data, 36), add(m, 64), 96)
        }
    }

    /// @dev The same behind the kind. No rule stands against redeeming everything: a rule book hears of it as of a burn.
    function _bookHook(bytes4 selector, Movement memory m, uint256 from) private pure returns (bytes memory data) {
        uint256 kind = uint8(m.door == Door.REDEEM && m.amount == from.balance() ? Door.BURN : m.door);
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(0x40, add(data, 0xc0))
            mstore(data, 132)
            mstore(add(data, 32), selector)
            mstore(add(data, 36), kind)
            mcopy(add(data, 68), add(m, 64), 96)
        }
    }

    /// @dev The rules of a rule book that may refuse this movement.
    function _ruleBits(uint256 door) private pure returns (uint256) {
        if (door & Door.RULES != 0) return _RULE_BOOK_BITS;
        return door & Door.ASKED != 0 ? Verdict.DENOMINATION | Verdict.MINIMUM_HOLDING : 0;
    }

    /// @dev Account questions of ERC-7943: they reflect a halt, not the transfer pause.
    function _accountVerdict(address account) internal view returns (uint256 v) {
        uint256 config = _config;
        uint256 record = _identified(config, _records[account], account);
        if (config & Config.HALTED != 0) v |= Verdict.HALTED;
        if (record & Record.FROZEN != 0) v |= Verdict.FROM_FROZEN;
        if (record & Record.DENIED != 0) v |= Verdict.FROM_DENIED;
        v |= _identityBits(record);
    }

    /// @dev The FROM_ bits of what is wrong with the identity in a record.
    function _identityBits(uint256 record) private view returns (uint256 v) {
        if (record & Record.REGISTERED == 0) return Verdict.FROM_IDENTITY;
        if (block.timestamp > record.validUntil()) v |= Verdict.FROM_EXPIRED;
        if (record & Record.COUNTRY_OK == 0) v |= Verdict.FROM_COUNTRY;
        if (record & Record.CLASS_OK == 0) v |= Verdict.FROM_CLASS;
    }

    /// @dev The record with a copy good enough to decide by: its own, or the registry's live answer when the own one is
    ///      stale or would refuse. An unbound token keeps nothing (epoch 0), nor does one whose registry failed.
    function _identified(uint256 config, uint256 record, address account) private view returns (uint256) {
        if (record.vouches(config.epoch())) return record;
        (bool ok, Standing memory s) = _askRegistry(config, account);
        if (!ok) return record.stale();
        bool countryOk = config & Config.COUNTRY_LIST == 0 || _countryListed(s.country);
        uint16 classes = config.classes();
        bool classOk = classes == 0 || (classes >> s.class) & 1 != 0;
        return record.copied(s, countryOk, classOk, config & Config.BOUND != 0 ? config.epoch() : 0);
    }

    /// @dev Asks the registry without trusting that it answers: no view reverts because of it.
    function _askRegistry(uint256 config, address account) internal view returns (bool ok, Standing memory s) {
        if (config & Config.FOREIGN_REGISTRY != 0) {
            return ForeignRegistry.standing(_identityRegistry, account, config & Config.COUNTRY_LIST != 0);
        }
        bytes memory answer;
        (ok, answer) = _identityRegistry.staticcall(abi.encodeCall(IIdentityRegistry.standing, (account)));
        if (!ok || answer.length < 160) return (false, s);
        (uint256 investor, uint256 country, uint256 class, uint256 validUntil, uint256 denied) =
            abi.decode(answer, (uint256, uint256, uint256, uint256, uint256));
        s.investor = address(uint160(investor));
        s.country = uint16(country);
        s.class = uint8(class);
        s.validUntil = uint40(validUntil);
        s.denied = denied != 0;
    }

    function _countryListed(uint16 country) internal view returns (bool) {
        if (_fewCountries.has(country)) return true;
        return (_moreCountries[country >> 8] >> (country & 255)) & 1 != 0;
    }

    /// @dev Units no freeze holds: max(0, balance - frozen).
    function _free(uint256 record, address account) internal view returns (uint256) {
        uint256 balance = record.balance();
        if (record & Record.PARTLY_FROZEN == 0) return balance;
        uint256 frozen = _frozenAmount[account];
        return balance > frozen ? balance - frozen : 0;
    }

    /// @dev Asks a contract that may be hostile for one word. Nothing it does makes this revert: of an answer that is
    ///      made too long to be paid for, no more than two words are copied.
    function _ask(address target, bytes memory question) internal view returns (bool ok, uint256 word) {
        (bool answered, bytes32 first,) = LowLevelCall.staticcallReturn64Bytes(target, question);
        return (answered && LowLevelCall.returnDataSize() >= 32, uint256(first));
    }

    /// @dev The gate. Refuses with the reason of the lowest failing rule, or moves, logs and tells the compliance slot.
    function _move(Movement memory m) internal {
        (uint256 verdict, uint256 config, uint256 from, uint256 to) = _assess(m, m.amount == 0);
        if (verdict != 0) {
            (verdict,, from,) = _assess(m);
            _refuse(m, verdict, from);
        }
        _settle(m, config, from, to);
    }

    /// @dev Many moves of one sender. Where nothing can look between two rows, his record is read and written once: from row to
    ///      row his columns change by his balance alone, and what they say of nothing moved to himself holds for every row.
    function _moveMany(Movement memory m, address[] calldata to, uint256[] calldata amounts) internal {
        (uint256 verdict, uint256 config, uint256 from,) = _assess(m, false);
        if (verdict != 0 || config & Config.COMPLIANCE != 0 || from & Record.PARTLY_FROZEN != 0) {
            for (uint256 i = 0; i < to.length; ++i) {
                (m.to, m.amount) = (to[i], amounts[i]);
                _move(m);
            }
            return;
        }
        uint256 before = from;
        for (uint256 i = 0; i < to.length; ++i) {
            (m.to, m.amount) = (to[i], amounts[i]);
            from = _moveRow(m, config, from);
        }
        if (from != before) _records[m.from] = from;
    }

    /// @dev One row of a sender who is good: his balance and the receiver's columns are left. His record is the caller's to write.
    function _moveRow(Movement memory m, uint256 config, uint256 from) private returns (uint256) {
        (uint256 to, uint256 verdict) = _assessTo(m, config, m.amount > from.balance() ? Verdict.BALANCE : 0);
        if (verdict != 0) _refuse(m, verdict, from);
        if (m.amount != 0 && m.to != m.from) {
            unchecked {
                from -= m.amount; // <= balance of `from`
                _records[m.to] = to + m.amount; // the sum of all balances fits 128 bits
            }
        }
        emit IERC20.Transfer(m.from, m.to, m.amount);
        return from;
    }

    /// @dev What a verdict of zero earns. A movement of zero units changes no storage.
    function _settle(Movement memory m, uint256 config, uint256 from, uint256 to) internal {
        if (m.amount == 0) {
            emit IERC20.Transfer(m.from, m.to, 0);
            return;
        }
        uint256 door = m.door;
        // No overflow below: amount <= balance of `from` (BALANCE), amount <= cap - supply (CAP), and the sum of all
        // balances is the supply, which fits 128 bits. Since `config` was read nothing was called that could change it.
        unchecked {
            if (door & Door.TO == 0) {
                if (door & Door.FORCED != 0) from = _released(m.from, from, m.amount);
                _records[m.from] = from - m.amount;
                _config = config - (m.amount << Config.SUPPLY_AT);
            } else if (door & Door.FROM == 0) {
                _config = config + (m.amount << Config.SUPPLY_AT);
                _records[m.to] = to + m.amount;
            } else if (m.from != m.to) {
                if (door & Door.FORCED != 0) from = _released(m.from, from, m.amount);
                _records[m.from] = from - m.amount;
                _records[m.to] = to + m.amount;
            }
        }
        emit IERC20.Transfer(m.from, m.to, m.amount);
        if (config & Config.COMPLIANCE != 0) _tell(m, config, from);
    }

    /// @dev Lowers the freeze by what a forced movement takes beyond the free units, before the `Transfer` is logged.
    function _released(address account, uint256 record, uint256 amount) private returns (uint256) {
        uint256 free = _free(record, account);
        if (amount <= free) return record;
        uint256 taken = amount - free;
        uint256 left = _frozenAmount[account] - taken; // taken <= balance - free <= frozen
        _frozenAmount[account] = left;
        emit IAssetTokenControl.TokensUnfrozen(account, taken);
        emit IERC7943Fungible.Frozen(account, left);
        return left == 0 ? record & ~Record.PARTLY_FROZEN : record;
    }

    /// @dev Tells the compliance slot what happened. A failure reverts Issue and Move; redemption and acts of authority
    ///      never depend on a counter. A rule book may still refuse, by the verdict it predicts: then all is taken back.
    function _tell(Movement memory m, uint256 config, uint256 from) private {
        address target = _compliance;
        bytes memory news;
        if (config & Config.RULE_BOOK != 0) {
            news = _bookHook(IRuleBook.moved.selector, m, from);
            (bool told, bytes32 word,) = LowLevelCall.callReturn64Bytes(target, 0, news);
            if (told && LowLevelCall.returnDataSize() >= 32) {
                if (word == 0) return;
                uint256 verdict = uint256(word) & _ruleBits(m.door);
                if (verdict != 0) _refuse(m, verdict, from);
                return;
            }
        } else {
            if (m.door & Door.FROM == 0) news = abi.encodeCall(ICompliance.created, (m.to, m.amount));
            else if (m.door & Door.TO == 0) news = abi.encodeCall(ICompliance.destroyed, (m.from, m.amount));
            else news = _hook(ICompliance.transferred.selector, m);
            if (LowLevelCall.callNoReturn(target, 0, news)) return; // its answer is not even copied: it might be endless
        }
        if (m.door & Door.RULES != 0) revert IAssetToken.ComplianceFailed(target);
        _forgive(bytes4(news), target);
    }

    /// @dev Logs a hook that failed, unless it may have failed for want of gas. Whoever estimates gas looks for the least with
    ///      which an act passes: that would be too little for the hook. A call gets 63/64 of what is left.
    function _forgive(bytes4 news, address target) internal {
        if (gasleft() < _HOOK_GAS / 63) revert ISource.GasTooLow(_HOOK_GAS);
        emit IAssetToken.ComplianceHookFailed(news, target);
    }

    /// @dev The error of the lowest failing rule, in the standards' words where they have one.
    function _refuse(Movement memory m, uint256 verdict, uint256 from) internal view {
        uint256 lowest = verdict & (~verdict + 1);
        if (lowest == Verdict.RECEIVER) revert IERC20Errors.ERC20InvalidReceiver(m.to);
        if (lowest & Verdict.ANY_FROM != 0) revert IERC7943Fungible.ERC7943CannotSend(m.from);
        if (lowest & Verdict.ANY_TO != 0) revert IERC7943Fungible.ERC7943CannotReceive(m.to);
        if (lowest & Verdict.ANY_SPENDER != 0) revert IERC20Errors.ERC20InvalidSpender(m.spender);
        if (lowest == Verdict.CAP) revert IAssetToken.CapExceeded(_cap, _config.supply(), m.amount);
        uint256 balance = from.balance();
        if (lowest == Verdict.FROZEN_AMOUNT && m.amount <= balance) {
            revert IERC7943Fungible.ERC7943InsufficientUnfrozenBalance(m.from, m.amount, _free(from, m.from));
        }
        if (lowest == Verdict.ALLOWANCE) {
            revert IERC20Errors.ERC20InsufficientAllowance(m.spender, _allowances[m.from][m.spender], m.amount);
        }
        if (lowest >= Verdict.FROZEN_AMOUNT) revert IERC20Errors.ERC20InsufficientBalance(m.from, balance, m.amount);
        revert IERC7943Fungible.ERC7943CannotTransfer(m.from, m.to, m.amount);
    }

    uint256 private constant _HOOK_GAS = 1_000_000; // room for T-REX's 25 modules
    uint8 private constant _VENUE = 4; // hashkit.domain.parties.InvestorClass
    uint256 private constant _RULE_BOOK_BITS = Verdict.DENOMINATION | Verdict.MINIMUM_HOLDING | Verdict.MAX_UNITS
        | Verdict.HOLDERS | Verdict.HOLDERS_COUNTRY | Verdict.VELOCITY | Verdict.HOLDING_PERIOD
        | Verdict.SANCTIONS | Verdict.COMPLIANCE;
}
