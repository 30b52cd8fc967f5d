// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {Standing} from "../interfaces/Types.sol";

/// @notice What each investor holds over all his wallets, and how many investors hold anything.
///
/// An investor of one wallet has his total in that wallet's own word: a transfer touches one slot a side. When a second
/// wallet is heard of, the total goes to the investor's word and both wallets become links to it. Wallets are asked of the
/// registry once; from then on its push (`rekeyed`) keeps the word right. A wallet that nobody owns counts for nobody.
///
///   word of a wallet: OWN, units, country | LINK, investor | 0: not heard of, or nobody's
///   word of an investor: SHARED, units, country | SOLE, his wallet | 0: not heard of
library Accounts {
    struct Total {
        uint256 word;
    }

    struct Book {
        address registry; // says who is who
        mapping(uint256 place => Total total) totals;
        mapping(uint256 generation => uint256 holders) holders;
        mapping(uint256 generation => mapping(uint256 country => uint256 holders)) holdersIn;
    }

    /// @dev Where an investor's total lies, and the word there. Place zero: nobody.
    struct Party {
        uint256 place; // generation, whether an investor's or a wallet's, address
        uint256 word;
        bool isNew; // by a wallet not heard of
    }

    uint256 private constant _UNITS = type(uint128).max;
    uint256 private constant _GENERATION = 192; // where it begins in a place
    uint256 private constant _COUNTRY = uint256(type(uint16).max) << 200;
    uint256 private constant _INVESTOR = 1 << 160; // tells an investor's place from a wallet's
    uint256 internal constant OWN = 1 << 220;
    uint256 private constant _LINK = 1 << 221;
    uint256 private constant _SHARED = 1 << 222;
    uint256 private constant _SOLE = 1 << 223;

    function units(Party memory p) internal pure returns (uint256) {
        return p.word & _UNITS;
    }

    function country(Party memory p) internal pure returns (uint256) {
        return (p.word & _COUNTRY) >> 200;
    }

    function unitsOf(Book storage book, uint256 generation, address investor) internal view returns (uint256) {
        return units(_ofInvestor(book, _investor(generation, investor)));
    }

    /// @dev The party behind a wallet, as the books say, or the registry for a wallet not heard of.
    function ofWallet(Book storage book, uint256 generation, address wallet) internal view returns (Party memory p) {
        if (wallet == address(0)) return p;
        p.place = _wallet(generation, wallet);
        p.word = book.totals[p.place].word;
        if (p.word & OWN != 0) return p;
        if (p.word & _LINK != 0) {
            p.place = _investor(generation, address(uint160(p.word)));
            p.word = book.totals[p.place].word;
            return p;
        }
        Standing memory s = IIdentityRegistry(book.registry).standing(wallet);
        if (s.investor == address(0)) return Party(0, 0, false);
        p = _ofInvestor(book, _investor(generation, s.investor));
        if (p.word == 0) p.place = _wallet(generation, wallet);
        // The country that counts is the one of those who hold; who holds nothing has the registry's.
        if (units(p) == 0) p.word = _withCountry(p.word, s.country);
        p.isNew = true;
    }

    function _ofInvestor(Book storage book, uint256 place) private view returns (Party memory p) {
        (p.place, p.word) = (place, book.totals[place].word);
        if (p.word & _SOLE == 0) return p;
        p.place = _wallet(place >> _GENERATION, address(uint160(p.word)));
        p.word = book.totals[p.place].word;
    }

    /// @dev Makes the word of a wallet that was not heard of. The party `ofWallet` found stays the same in units and country;
    ///      its place moves from `oldPlace` to `newPlace` when this is its second wallet, else both are zero.
    function enter(Book storage book, uint256 generation, address wallet)
        internal
        returns (uint256 oldPlace, uint256 newPlace)
    {
        mapping(uint256 => Total) storage totals = book.totals;
        uint256 own = _wallet(generation, wallet);
        if (wallet == address(0) || totals[own].word != 0) return (0, 0);
        Standing memory s = IIdentityRegistry(book.registry).standing(wallet);
        if (s.investor == address(0)) return (0, 0);
        uint256 place = _investor(generation, s.investor);
        uint256 word = totals[place].word;
        if (word == 0) {
            totals[place].word = _SOLE | uint160(wallet);
            totals[own].word = _withCountry(OWN, s.country);
            return (0, 0);
        }
        if (word & _SOLE != 0) {
            (oldPlace, newPlace) = (_wallet(generation, address(uint160(word))), place);
            word = _SHARED | (totals[oldPlace].word & (_UNITS | _COUNTRY));
            totals[oldPlace].word = _LINK | uint160(s.investor);
            totals[place].word = word;
        }
        if (word & _UNITS == 0) totals[place].word = _withCountry(word, s.country);
        totals[own].word = _LINK | uint160(s.investor);
    }

    /// @dev A wallet's own word, to be read and written by one hash.
    function ofWalletAlone(Book storage book, uint256 generation, address wallet) internal view returns (Total storage) {
        return book.totals[_wallet(generation, wallet)];
    }

    function unitsIn(uint256 word) internal pure returns (uint256) {
        return word & _UNITS;
    }

    function heardOf(Book storage book, uint256 generation, address wallet) internal view returns (bool) {
        return book.totals[_wallet(generation, wallet)].word != 0;
    }

    /// @dev Forgets whose a wallet was; its units have left the total before. True when the total was its own.
    function leave(Book storage book, uint256 generation, address wallet, address investor)
        internal
        returns (bool own_)
    {
        uint256 own = _wallet(generation, wallet);
        own_ = book.totals[own].word & OWN != 0;
        if (own_) delete book.totals[_investor(generation, investor)].word;
        delete book.totals[own].word;
    }

    function _wallet(uint256 generation, address wallet) private pure returns (uint256) {
        return (generation << _GENERATION) | uint160(wallet);
    }

    function _investor(uint256 generation, address investor) private pure returns (uint256) {
        return (generation << _GENERATION) | _INVESTOR | uint160(investor);
    }

    function add(Book storage book, Party memory p, uint256 amount) internal {
        if (p.place == 0 || amount == 0) return;
        if (units(p) == 0) _count(book, p, true);
        _write(book, p, p.word + amount); // the sum is at most the supply, which fits 128 bits
    }

    function take(Book storage book, Party memory p, uint256 amount) internal {
        if (p.place == 0 || amount == 0) return;
        uint256 left = units(p) - amount;
        _write(book, p, (p.word & ~_UNITS) | left);
        if (left == 0) _count(book, p, false);
    }

    function move(Book storage book, Party memory from, Party memory to, uint256 amount) internal {
        if (from.place == to.place) return;
        take(book, from, amount);
        add(book, to, amount);
    }

    function setCountry(Book storage book, Party memory p, uint16 country_) internal {
        if (p.word & (OWN | _SHARED) == 0 || country(p) == country_) return;
        bool holds = units(p) != 0;
        if (holds) _count(book, p, false);
        _write(book, p, _withCountry(p.word, country_));
        if (holds) _count(book, p, true);
    }

    function _write(Book storage book, Party memory p, uint256 word) private {
        p.word = word;
        book.totals[p.place].word = word;
    }

    function _count(Book storage book, Party memory p, bool more) private {
        uint256 generation = p.place >> _GENERATION;
        mapping(uint256 => uint256) storage inCountry = book.holdersIn[generation];
        if (more) {
            ++book.holders[generation];
            ++inCountry[country(p)];
        } else {
            --book.holders[generation];
            --inCountry[country(p)];
        }
    }

    function _withCountry(uint256 word, uint16 country_) private pure returns (uint256) {
        return (word & ~_COUNTRY) | (uint256(country_) << 200);
    }
}
