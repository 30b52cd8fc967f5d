// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../interfaces/IAssetToken.sol";

/// @notice The mint window, a leaky bucket: every unit that comes into being fills it, and it runs empty evenly over a
///         period. In any span of time t no more than size + size * t / period units come into being.
library Bucket {
    /// @dev One slot, read once per issue transaction.
    struct Window {
        uint96 size; // smallest units; most that may come into being at once
        uint96 used; // smallest units, as of `at`
        uint40 at; // unix seconds
        uint24 period; // seconds in which a full bucket runs empty; 0: no window
    }

    /// @dev The bucket as it stands now. `at` moves by the time that whole units took, so that nothing is lost to rounding
    ///      however often it is looked at; rounded up, so that never too much runs out.
    function settled(Window memory w) internal view returns (Window memory) {
        if (w.period == 0) return w;
        uint256 leaked = uint256(w.size) * (block.timestamp - w.at) / w.period;
        if (leaked >= w.used) {
            (w.used, w.at) = (0, uint40(block.timestamp));
        } else if (leaked != 0) {
            w.used -= uint96(leaked); // < used
            w.at += uint40((leaked * w.period + w.size - 1) / w.size); // <= the time that passed, rounded up
        }
        return w;
    }

    /// @dev Smallest units that may come into being now.
    function available(Window memory w) internal view returns (uint256) {
        if (w.period == 0) return type(uint256).max;
        w = settled(w);
        return w.used < w.size ? w.size - w.used : 0;
    }

    /// @dev Fills the bucket, or refuses what would make it run over.
    function draw(Window storage at, uint256 amount) internal {
        Window memory w = at;
        if (w.period == 0 || amount == 0) return;
        w = settled(w);
        uint256 left = w.used < w.size ? w.size - w.used : 0;
        if (amount > left) revert IAssetToken.MintWindowExceeded(left, amount);
        w.used += uint96(amount); // <= size
        (at.size, at.used, at.at, at.period) = (w.size, w.used, w.at, w.period);
    }
}
