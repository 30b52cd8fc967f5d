// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Mode, Standing} from "../../contracts/interfaces/Types.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";
import {TestBase} from "./TestBase.sol";

/// @notice What goes into a word comes out of it, and no field touches another.
contract PackingTest is TestBase {
    using Record for uint256;
    using Config for uint256;

    function testFuzz_record_keeps_every_field(
        uint128 balance,
        bool frozen,
        bool partly,
        Standing calldata s,
        bool countryOk,
        bool classOk,
        uint64 epoch,
        uint256 dirt
    ) public pure {
        uint256 truth = uint256(balance) | (frozen ? Record.FROZEN : 0) | (partly ? Record.PARTLY_FROZEN : 0);
        uint256 copyOnly = dirt & ~(Record.BALANCE | Record.FROZEN | Record.PARTLY_FROZEN) & ((1 << 246) - 1);
        uint256 record = Record.copied(truth | copyOnly, s, countryOk, classOk, epoch);
        same(record.balance(), balance, "balance");
        same(record & Record.FROZEN != 0, frozen, "frozen");
        same(record & Record.PARTLY_FROZEN != 0, partly, "partly");
        same(record.validUntil(), s.validUntil, "validUntil");
        same(record.copyEpoch(), epoch, "epoch");
        same(record.class(), s.class, "class");
        same(record & Record.REGISTERED != 0, s.investor != address(0), "registered");
        same(record & Record.COUNTRY_OK != 0, countryOk, "country");
        same(record & Record.CLASS_OK != 0, classOk, "class");
        same(record & Record.DENIED != 0, s.denied, "denied");
        same(record.stale(), truth, "stale");
        same(record >> 246, 0, "nothing above");
    }

    function testFuzz_record_vouches_only_for_a_good_copy_of_this_epoch(Standing calldata s, uint64 epoch, uint64 now_)
        public
    {
        uint40 time = uint40(within(s.validUntil, 1, type(uint40).max - 1));
        vm.warp(time);
        uint256 record = Record.copied(0, s, true, true, epoch);
        bool good = s.investor != address(0) && !s.denied && time <= s.validUntil && epoch == now_;
        same(record.vouches(now_), good, "vouches");
        no(Record.copied(0, s, false, true, epoch).vouches(epoch), "country");
        no(Record.copied(0, s, true, false, epoch).vouches(epoch), "class");
    }

    function testFuzz_config_keeps_every_field(uint256 word, uint8 mode, uint40 lockUp, uint16 classes, uint16 matrix)
        public
        pure
    {
        Mode m = Mode(mode % 4);
        uint256 config = (word & ((1 << 70) - 1)).withMode(m).withLockUp(lockUp).withClasses(classes);
        config = config.withRoleMatrix(matrix);
        same(config.epoch(), uint64(word), "epoch");
        same(config & ((1 << 70) - 1), word & ((1 << 70) - 1), "flags");
        same(uint256(config.mode()), uint256(m), "mode");
        same(config.lockUp(), lockUp, "lock-up");
        same(config.classes(), classes, "classes");
        same(config.roleMatrix(), matrix, "role matrix");
        config = config.withMode(Mode.Open).withLockUp(0).withClasses(0).withRoleMatrix(0);
        same(config, word & ((1 << 70) - 1), "back");
    }

    function testFuzz_config_flags_are_single_bits(uint256 word, uint8 which) public pure {
        uint256[6] memory flags = [
            Config.PAUSED, Config.HALTED, Config.BOUND, Config.RULE_BOOK, Config.FOREIGN, Config.COUNTRY_LIST
        ];
        uint256 flag = flags[which % 6];
        same(word.with(flag, true), word | flag, "on");
        same(word.with(flag, false), word & ~flag, "off");
        same(flag & (flag - 1), 0, "one bit");
        yes(flag > type(uint64).max && flag < 1 << 72, "in its place");
    }

    function testFuzz_config_a_matrix_of_one_bit_lets_one_class_move_to_one(uint8 from, uint8 to, uint256 word) public pure {
        (uint256 a, uint256 b) = (1 + from % 4, 1 + to % 4);
        uint256 config = word.withRoleMatrix(uint16(1 << ((a - 1) * 4 + b - 1)));
        for (uint256 i = 0; i < 6; ++i) {
            for (uint256 j = 0; j < 6; ++j) {
                same(config.mayMove(i, j), i == a && j == b, "may move");
            }
        }
        no(word.withRoleMatrix(type(uint16).max).mayMove(255, a), "no row");
        no(word.withRoleMatrix(type(uint16).max).mayMove(a, 255), "no column");
    }
}
