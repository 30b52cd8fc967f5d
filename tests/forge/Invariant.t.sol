// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIdentityRegistry, IRuleBook, IToken, Standing} from "./Fixture.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";
import {Handler} from "./Handler.sol";
import {TestBase} from "./TestBase.sol";

/// @notice What holds after every call, whoever called what.
contract InvariantTest is TestBase {
    using Record for uint256;
    using Config for uint256;

    Handler private _handler;
    IToken private _token;
    IIdentityRegistry private _registry;
    IRuleBook private _book;

    function setUp() public {
        _handler = new Handler();
        (address token, address registry, address book) = _handler.at();
        (_token, _registry, _book) = (IToken(token), IIdentityRegistry(registry), IRuleBook(book));
        bytes4[] memory doors = new bytes4[](24);
        doors[0] = Handler.transfer.selector;
        doors[1] = Handler.transferFrom.selector;
        doors[2] = Handler.redeemSome.selector;
        doors[3] = Handler.force.selector;
        doors[4] = Handler.burn.selector;
        doors[5] = Handler.raw.selector;
        doors[6] = Handler.open.selector;
        doors[7] = Handler.issueChunk.selector;
        doors[8] = Handler.close.selector;
        doors[9] = Handler.freezeAccount.selector;
        doors[10] = Handler.freezeSome.selector;
        doors[11] = Handler.pauseOrHalt.selector;
        doors[12] = Handler.resume.selector;
        doors[13] = Handler.standing.selector;
        doors[14] = Handler.renew.selector;
        doors[15] = Handler.denySome.selector;
        doors[16] = Handler.takeOff.selector;
        doors[17] = Handler.link.selector;
        doors[18] = Handler.admitSome.selector;
        doors[19] = Handler.lists.selector;
        doors[20] = Handler.maxUnits.selector;
        doors[21] = Handler.preset.selector;
        doors[22] = Handler.later.selector;
        doors[23] = Handler.limits.selector;
        target(address(_handler), doors);
    }

    function invariant_sum_of_balances_is_the_supply_within_the_cap() public view {
        uint256 sum;
        for (uint256 i = 0; i < 8; ++i) {
            sum += _token.balanceOf(_handler.people(i));
        }
        same(sum, _token.totalSupply(), "sum");
        same(sum, _handler.issued() - _handler.ended(), "issued less ended");
        yes(sum <= _token.cap(), "cap");
    }

    function invariant_verdicts_never_lie_freezes_hold_and_a_halt_stops_all() public view {
        same(_handler.lies(), 0, "verdict against door");
        same(_handler.overdrawn(), 0, "frozen units left without force");
        same(_handler.movedInHalt(), 0, "moved in a halt");
    }

    function invariant_an_order_issues_its_rows_before_the_cursor_at_most_once() public view {
        for (uint256 i = 0; i < _handler.batches(); ++i) {
            (bytes32 id, bytes32[] memory rows, uint256 seen) = _handler.batch(i);
            (, uint256 rowCount, uint256 next, uint256 total, uint256 issued,,) = _token.orderOf(id);
            same(rowCount, rows.length, "rows");
            yes(next <= rowCount, "cursor");
            uint256 approved;
            for (uint256 r = 0; r < next; ++r) {
                approved += uint96(uint256(rows[r]));
            }
            yes(issued <= approved && issued <= total, "no more than approved");
            same(issued, seen, "what the supply saw");
        }
    }

    function invariant_a_copy_of_this_epoch_is_the_registry_s_record() public view {
        for (uint256 i = 0; i < 8; ++i) {
            address who = _handler.people(i);
            uint256 record = _token.recordOf(who);
            if (record.copyEpoch() != _token.config().epoch()) continue;
            Standing memory s = _registry.standing(who);
            same(record & Record.REGISTERED != 0, s.investor != address(0), "registered");
            same(record & Record.DENIED != 0, s.denied, "denied");
            same(record.class(), s.class, "class");
            yes(record.validUntil() <= s.validUntil, "at most extended since");
            same(record & Record.COUNTRY_OK != 0, _token.isCountryAllowed(s.country), "country");
            uint16 classes = _token.config().classes();
            same(record & Record.CLASS_OK != 0, classes == 0 || (classes >> s.class) & 1 != 0, "class list");
        }
    }

    function invariant_the_partly_frozen_bit_says_whether_an_amount_is_frozen() public view {
        for (uint256 i = 0; i < 8; ++i) {
            address who = _handler.people(i);
            same(_token.recordOf(who) & Record.PARTLY_FROZEN != 0, _token.getFrozenTokens(who) != 0, "bit");
        }
    }

    function invariant_an_armed_rule_book_counts_what_the_balances_say() public view {
        if (!_book.armed()) return;
        for (uint256 i = 0; i < 8; ++i) {
            address who = _handler.people(i);
            address investor = _registry.identity(who);
            if (investor == address(0)) continue;
            uint256 sum = _held(investor);
            same(_book.unitsOf(investor), sum, "units");
            (uint256 units,) = _book.unitsBehind(who);
            same(units, sum, "units behind a wallet");
        }
    }

    function invariant_an_armed_rule_book_counts_each_holder_once_in_his_country() public view {
        if (!_book.armed()) return;
        uint256 holders;
        uint256[3] memory countries = [uint256(344), 756, 840];
        uint256[3] memory there;
        for (uint256 i = 0; i < 8; ++i) {
            address who = _handler.people(i);
            address investor = _registry.identity(who);
            if (investor == address(0) || _held(investor) == 0 || !_isFirstOf(investor, i)) continue;
            ++holders;
            (, uint256 country) = _book.unitsBehind(who);
            yes(_isCountryOf(investor, country), "a country of one of his wallets");
            for (uint256 k = 0; k < 3; ++k) {
                if (countries[k] == country) ++there[k];
            }
        }
        same(_book.holders(), holders, "holders");
        for (uint256 k = 0; k < 3; ++k) {
            same(_book.holdersIn(uint16(countries[k])), there[k], "holders in a country");
        }
    }

    function _held(address investor) private view returns (uint256 sum) {
        for (uint256 k = 0; k < 8; ++k) {
            address who = _handler.people(k);
            if (_registry.identity(who) == investor) sum += _token.balanceOf(who);
        }
    }

    function _isFirstOf(address investor, uint256 i) private view returns (bool) {
        for (uint256 k = 0; k < i; ++k) {
            if (_registry.identity(_handler.people(k)) == investor) return false;
        }
        return true;
    }

    function _isCountryOf(address investor, uint256 country) private view returns (bool) {
        for (uint256 k = 0; k < 8; ++k) {
            address who = _handler.people(k);
            if (_registry.identity(who) == investor && _registry.investorCountry(who) == country) return true;
        }
        return false;
    }
}
