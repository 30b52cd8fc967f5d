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

    uint256 private constant NOBODYS = uint256((1 << 18) - 1) << 182; // the bits of a record that mean nothing

    function testFuzz_record_keeps_every_field(
        uint128 balance,
        bool frozen,
        bool partly,
        Standing calldata s,
        bool countryOk,
        bool classOk,
        uint56 epoch,
        uint256 dirt
    ) public pure {
        uint256 truth = uint256(balance) | (frozen ? Record.FROZEN : 0) | (partly ? Record.PARTLY_FROZEN : 0);
        uint256 copyOnly = dirt & ~(Record.BALANCE | Record.FROZEN | Record.PARTLY_FROZEN) & ~NOBODYS;
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
        same(record & NOBODYS, 0, "nothing between");
    }

    function testFuzz_record_vouches_only_for_a_good_copy_of_this_epoch(Standing calldata s, uint56 epoch, uint56 now_)
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

    /// Each field is changed by its own function alone; the rest of any word, supply and epoch above all, stays as it was.
    function testFuzz_config_keeps_every_field(uint256 word, uint8 mode, uint40 lockUp, uint16 classes, uint16 matrix)
        public
        pure
    {
        Mode m = Mode(mode % 4);
        classes &= uint16(Config.ALL_CLASSES);
        word = word.withMode(Mode.Open); // 3 bits for a mode, of which there are four
        uint256 config = word.withMode(m).withLockUp(lockUp).withClasses(classes).withRoleMatrix(matrix);
        same(config.supply(), word >> 128, "supply");
        same(config.epoch(), uint56(word), "epoch");
        same(uint8(config >> 56), uint8(word >> 56), "flags");
        same(uint256(config.mode()), uint256(m), "mode");
        same(config.lockUp(), lockUp, "lock-up");
        same(config.classes(), classes, "classes");
        same(config.roleMatrix(), matrix, "role matrix");
        config = config.withLockUp(uint40(word.lockUp())).withClasses(word.classes()).withRoleMatrix(word.roleMatrix());
        same(config.withMode(Mode.Open), word, "back");
    }

    /// What `Gate` does to the word when units come into being or end.
    function testFuzz_config_supply_changes_alone(uint256 word, uint128 more) public pure {
        more = uint128(within(more, 0, type(uint128).max - word.supply()));
        uint256 config = word + (uint256(more) << Config.SUPPLY_AT);
        same(config.supply(), word.supply() + more, "supply");
        same(uint128(config), uint128(word), "the rest");
        same(config - (uint256(more) << Config.SUPPLY_AT), word, "back");
    }

    function testFuzz_config_epoch_counts_alone_and_never_comes_round(uint256 word) public {
        uint256 last = word | Config.EPOCH;
        if (word == last) word ^= Config.EPOCH;
        same(word.next().epoch(), uint256(word.epoch()) + 1, "one more");
        same(word.next() & ~Config.EPOCH, word & ~Config.EPOCH, "the rest");
        vm.expectRevert();
        this.nextOf(last);
    }

    function nextOf(uint256 word) external pure returns (uint256) {
        return word.next();
    }

    function testFuzz_config_flags_are_single_bits(uint256 word, uint8 which) public pure {
        uint256[7] memory flags = [
            Config.PAUSED,
            Config.HALTED,
            Config.BOUND,
            Config.RULE_BOOK,
            Config.FOREIGN,
            Config.COUNTRY_LIST,
            Config.FOREIGN_REGISTRY
        ];
        uint256 flag = flags[which % 7];
        same(word.with(flag, true), word | flag, "on");
        same(word.with(flag, false), word & ~flag, "off");
        same(flag & (flag - 1), 0, "one bit");
        yes(flag >= 1 << 56 && flag < 1 << 64, "in its place");
        for (uint256 i = 0; i < 7; ++i) {
            yes(i == which % 7 || flags[i] != flag, "its own");
        }
    }

    /// A copy of the epoch in the word is clean, and the supply beside it makes no other one so.
    function testFuzz_clean_compares_the_epoch_alone(uint256 config, uint56 epoch) public {
        vm.warp(1);
        Standing memory s = Standing(address(1), 0, 1, 2, false);
        yes(Record.copied(0, s, true, true, config.epoch()).clean(config), "of this epoch");
        bool same_ = epoch == config.epoch();
        same(Record.copied(0, s, true, true, epoch).clean(config), same_, "of another");
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
