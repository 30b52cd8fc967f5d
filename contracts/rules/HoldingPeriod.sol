// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The whole balance of a wallet stays from the last Issue to it until the period is over. No lots.
library HoldingPeriod {
    struct Book {
        uint40 since; // of Issues before this nothing is known: each wallet counts as issued to at this time
        mapping(address wallet => uint256 time) issued; // unix seconds
    }

    function heldUntil(Book storage book, uint256 period, address wallet) internal view returns (uint256) {
        uint256 last = book.issued[wallet];
        if (last == 0) last = book.since;
        return last == 0 || period == 0 ? 0 : last + period;
    }

    function refuses(Book storage book, uint256 period, address wallet) internal view returns (bool) {
        return block.timestamp < heldUntil(book, period, wallet);
    }
}
