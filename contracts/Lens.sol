// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAssetToken} from "./interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "./interfaces/IAssetTokenControl.sol";
import {IERC7943Fungible} from "./interfaces/IERC7943.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IRuleBook} from "./interfaces/IRuleBook.sol";
import {Kind, Mode, Standing} from "./interfaces/Types.sol";
import {Config} from "./token/Config.sol";
import {ForeignRegistry} from "./token/ForeignRegistry.sol";
import {Verdict} from "./token/Verdict.sol";

/// @title  Lens
/// @notice Turns a verdict into rule, account, have and need. It has no power and costs a token nothing; anybody may use
///         another one.
contract Lens {
    uint256 private constant _OF_RECEIVER = Verdict.MAX_UNITS | Verdict.HOLDERS | Verdict.HOLDERS_COUNTRY;
    uint256 private constant _OF_RULE_BOOK = _OF_RECEIVER | Verdict.DENOMINATION | Verdict.MINIMUM_HOLDING
        | Verdict.VELOCITY | Verdict.HOLDING_PERIOD;

    /// @param rule    the verdict's bit
    /// @param account whose attribute fails; zero: the token's own state
    /// @param have    the attribute's value: units, unix seconds, country or class
    /// @param need    what would do; units for amounts, unix seconds for times, classes (bit n: class n) for the role matrix,
    ///                0 where no number says it
    struct Reason {
        uint8 rule;
        address account;
        uint256 have;
        uint256 need;
    }

    struct Question {
        IAssetToken token;
        Kind kind;
        address spender; // `from` himself unless somebody moves for him
        address from;
        address to;
        uint256 amount; // smallest units
    }

    /// @notice Every failing rule of a movement, in the order of the bits.
    function explain(Question calldata q) external view returns (uint256 verdict, Reason[] memory reasons) {
        verdict = q.kind == Kind.Move && q.spender != q.from
            ? q.token.explainFrom(q.spender, q.from, q.to, q.amount)
            : q.token.explainMovement(q.kind, q.from, q.to, q.amount);
        reasons = new Reason[](_count(verdict));
        uint256 n;
        for (uint8 bit = 0; bit < 32; ++bit) {
            if ((verdict >> bit) & 1 != 0) reasons[n++] = _reason(q, bit, uint256(1) << bit);
        }
    }

    function _reason(Question calldata q, uint8 bit, uint256 rule) private view returns (Reason memory r) {
        r.rule = bit;
        if (rule & Verdict.ANY_FROM != 0) r.account = q.from;
        if (rule & (Verdict.ANY_TO | Verdict.RECEIVER | _OF_RECEIVER) != 0) r.account = q.to;
        if (rule & Verdict.ANY_SPENDER != 0 || rule == Verdict.ALLOWANCE) r.account = q.spender;
        if (rule & (Verdict.BALANCE | Verdict.FROZEN_AMOUNT | Verdict.VELOCITY | Verdict.HOLDING_PERIOD) != 0) {
            r.account = q.from;
        }
        if (rule == Verdict.MODE && q.token.mode() == Mode.RoleMatrix) r.account = q.from;
        if (rule == Verdict.MINIMUM_HOLDING) r.account = _belowMinimum(q) ? q.from : q.to;
        if (rule == Verdict.SANCTIONS) {
            r.account = q.kind == Kind.Move && _book(q).isSanctioned(q.from) ? q.from : q.to;
        }
        (r.have, r.need) = rule & _OF_RULE_BOOK != 0 ? _counted(q, rule, r.account) : _figures(q, rule, r.account);
    }

    function _figures(Question calldata q, uint256 rule, address account)
        private
        view
        returns (uint256 have, uint256 need)
    {
        if (rule & (Verdict.FROM_EXPIRED | Verdict.TO_EXPIRED) != 0) {
            return _foreign(q) ? (0, 0) : (_standing(q, account).validUntil, block.timestamp);
        }
        if (rule & (Verdict.FROM_COUNTRY | Verdict.TO_COUNTRY) != 0) return (_standing(q, account).country, 0);
        if (rule & (Verdict.FROM_CLASS | Verdict.TO_CLASS) != 0) return (_standing(q, account).class, 0);
        if (rule == Verdict.LOCK_UP) return (block.timestamp, q.token.lockUpUntil());
        if (rule == Verdict.CAP) return (IERC20(address(q.token)).totalSupply(), q.token.cap());
        if (rule == Verdict.MODE) return _ofMode(q);
        if (rule == Verdict.BALANCE) return (IERC20(address(q.token)).balanceOf(account), q.amount);
        if (rule == Verdict.FROZEN_AMOUNT) {
            uint256 balance = IERC20(address(q.token)).balanceOf(account);
            uint256 frozen = IERC7943Fungible(address(q.token)).getFrozenTokens(account);
            return (balance > frozen ? balance - frozen : 0, q.amount);
        }
        if (rule == Verdict.ALLOWANCE) return (IERC20(address(q.token)).allowance(q.from, account), q.amount);
    }

    /// @dev The mode; of a role matrix the receiver's class and the classes (bit n: class n) the sender's may move to.
    function _ofMode(Question calldata q) private view returns (uint256 have, uint256 need) {
        Mode mode = q.token.mode();
        if (mode != Mode.RoleMatrix) return (uint256(mode), 0);
        uint256 from = _standing(q, q.from).class;
        if (from != 0 && from <= 4) {
            need = (uint256(IAssetTokenControl(address(q.token)).roleMatrix()) >> ((from - 1) * 4) & 15) << 1;
        }
        return (_standing(q, q.to).class, need);
    }

    /// @dev What the rule book counts, and its limits. A minimum is compared with what would remain or arrive.
    function _counted(Question calldata q, uint256 rule, address account)
        private
        view
        returns (uint256 have, uint256 need)
    {
        IRuleBook book = _book(q);
        if (rule == Verdict.DENOMINATION) return (q.amount, book.denomination());
        (uint256 units, uint256 country) = book.unitsBehind(account);
        if (rule == Verdict.MAX_UNITS) return (units, book.maxUnits());
        if (rule == Verdict.MINIMUM_HOLDING) {
            return (account == q.to ? units + q.amount : units - q.amount, book.minimumHolding());
        }
        if (rule == Verdict.HOLDERS) return (book.holders(), book.maxHolders());
        if (rule == Verdict.HOLDERS_COUNTRY) return (book.holdersIn(uint16(country)), book.maxHoldersIn(uint16(country)));
        if (rule == Verdict.HOLDING_PERIOD) return (block.timestamp, book.heldUntil(account));
        have = book.spentBehind(account);
        (need,) = book.velocity();
    }

    /// @dev Whether the sender is the one who would keep too little.
    function _belowMinimum(Question calldata q) private view returns (bool) {
        if (q.kind == Kind.Issue) return false;
        (uint256 units,) = _book(q).unitsBehind(q.from);
        return q.amount < units && units - q.amount < _book(q).minimumHolding();
    }

    function _book(Question calldata q) private view returns (IRuleBook) {
        return IRuleBook(q.token.compliance());
    }

    function _foreign(Question calldata q) private view returns (bool) {
        return q.token.config() & Config.FOREIGN_REGISTRY != 0;
    }

    /// @dev What the registry says; nothing, when it does not answer. Of a stranger's only the country has a figure; class
    ///      and valid-until are unknown: 0.
    function _standing(Question calldata q, address account) private view returns (Standing memory s) {
        address registry = q.token.identityRegistry();
        if (_foreign(q)) {
            (, uint256 country) = ForeignRegistry.countryOf(registry, account);
            s.country = uint16(country);
            return s;
        }
        (bool ok, bytes memory answer) = registry.staticcall(abi.encodeCall(IIdentityRegistry.standing, (account)));
        if (ok && answer.length >= 160) return abi.decode(answer, (Standing));
    }

    function _count(uint256 verdict) private pure returns (uint256 n) {
        for (; verdict != 0; verdict &= verdict - 1) {
            ++n;
        }
    }
}
