// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The most units one investor may move to others in one window. Windows are fixed: with a period of a day they begin
///         at midnight UTC, so that anybody can tell when the next one begins. Around a change of windows up to twice the
///         limit may leave within one period's time; whoever minds sets half the limit.
library Velocity {
    struct Book {
        uint128 limit; // smallest units
        uint32 period; // seconds
        mapping(uint256 place => uint256 word) spent; // see Accounts; units below bit 128, window above
    }

    function spentAt(Book storage book, uint256 place) internal view returns (uint256) {
        uint256 word = book.spent[place];
        return word >> 128 == _window(book) ? uint128(word) : 0;
    }

    function refuses(Book storage book, uint256 place, uint256 amount) internal view returns (bool) {
        uint256 limit = book.limit;
        return amount > limit || spentAt(book, place) > limit - amount;
    }

    function spend(Book storage book, uint256 place, uint256 amount) internal {
        book.spent[place] = (_window(book) << 128) | (spentAt(book, place) + amount); // <= limit, fits 128 bits
    }

    function _window(Book storage book) private view returns (uint256) {
        uint256 period = book.period;
        return period == 0 ? 0 : block.timestamp / period;
    }
}
