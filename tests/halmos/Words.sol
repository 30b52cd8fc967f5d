// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Mode, Standing} from "../../contracts/interfaces/Types.sol";
import {Bucket} from "../../contracts/token/Bucket.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";
import {TestBase} from "../forge/TestBase.sol";

/// @notice What goes into a packed word comes out of it, for every value; and the mint window's arithmetic.
contract WordProperties is TestBase {
    using Record for uint256;
    using Config for uint256;

    Bucket.Window private _window;

    /// Shows: a copy in a record keeps every field, touches neither balance nor freezes, and goes without a trace
    /// Bound: none
    function check_record_keeps_every_field(uint256 word, address investor, uint8 class, uint40 validUntil, bool denied, uint56 epoch)
        public
        pure
    {
        uint256 truth = word & (Record.BALANCE | Record.FROZEN | Record.PARTLY_FROZEN);
        uint256 record = (word & ~(uint256((1 << 18) - 1) << 182)).copied(Standing(investor, 0, class, validUntil, denied), true, false, epoch);
        assert(record.balance() == uint128(word) && record.validUntil() == validUntil);
        assert(record.copyEpoch() == epoch && record.class() == class);
        assert((record & Record.DENIED != 0) == denied && (record & Record.REGISTERED != 0) == (investor != address(0)));
        assert(record & Record.COUNTRY_OK != 0 && record & Record.CLASS_OK == 0);
        assert(record.stale() == truth);
    }

    /// Shows: a record vouches exactly when registered, not denied, of this epoch, in time, country and class allowed
    /// Bound: none
    function check_record_vouches_for_nobody_else(uint256 record, uint56 epoch, uint40 time) public {
        vm.warp(time);
        bool flags = record & Record.REGISTERED != 0 && record & Record.COUNTRY_OK != 0 && record & Record.CLASS_OK != 0;
        bool good = flags && record & Record.DENIED == 0 && record.copyEpoch() == epoch && time <= record.validUntil();
        assert(record.vouches(epoch) == good);
        bool unfrozen = record & (Record.FROZEN | Record.PARTLY_FROZEN) == 0;
        assert(record.clean(epoch) == (good && unfrozen));
    }

    /// Shows: a term in the config word keeps its value and leaves every other alone
    /// Bound: none
    function check_config_keeps_every_field(uint256 word, uint8 mode, uint40 lockUp, uint16 classes) public pure {
        vm.assume(mode < 4 && classes <= Config.ALL_CLASSES);
        uint256 rest = word.withMode(Mode.Open).withLockUp(0).withClasses(0);
        uint256 config = rest.withMode(Mode(mode)).withLockUp(lockUp).withClasses(classes);
        assert(config.supply() == word >> 128 && config.epoch() == uint56(word) && uint8(config >> 56) == uint8(word >> 56));
        assert(config.roleMatrix() == word.roleMatrix());
        assert(uint8(config.mode()) == mode && config.lockUp() == lockUp && config.classes() == classes);
        assert(config.withMode(Mode.Open).withLockUp(0).withClasses(0) == rest);
    }

    /// Shows: the bucket never runs over: what it holds after a draw is at most its size, and a refused draw changes nothing
    /// Bound: any size, level and amount; no time between
    function check_bucket_never_runs_over(uint96 size, uint96 used, uint24 period, uint256 amount) public {
        vm.assume(period != 0 && used <= size);
        _window = Bucket.Window(size, used, uint40(block.timestamp), period);
        try this.draw(amount) {
            assert(_window.used <= size && _window.used == used + amount);
        } catch {
            assert(_window.used == used && amount > size - used);
        }
    }

    /// Shows: time never fills the bucket, and its clock never passes now nor goes back
    /// Bound: a window of 2^20 units in 2^16 seconds (18 hours), with any level and any two times
    function check_time_only_empties_the_bucket(uint96 used, uint40 at, uint40 time) public {
        vm.assume(used <= 2 ** 20 && at <= time);
        vm.warp(time);
        Bucket.Window memory w = Bucket.settled(Bucket.Window(2 ** 20, used, at, 2 ** 16));
        assert(w.used <= used && w.at >= at && w.at <= time);
    }

    function draw(uint256 amount) external {
        Bucket.draw(_window, amount);
    }
}
