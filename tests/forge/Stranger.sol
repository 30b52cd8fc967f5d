// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A stranger's ERC-3643 registry that answers truly until it is told otherwise.
contract Stranger {
    enum Temper {
        Kind,
        Failing, // reverts
        Greedy, // burns all gas it gets
        Bombing, // answers with as much memory as the gas pays for
        Empty, // answers nothing
        Dirty, // answers words that are no bool, no address and no country
        Long // answers a word too many
    }

    struct Entry {
        bool verified;
        address identity;
        uint16 country;
    }

    Temper public temper;
    bytes4 public only; // the one question it is bad at; zero: all
    uint256 public work; // gas that a true answer takes
    mapping(address wallet => Entry) private _entries;

    function put(address wallet, bool verified, address identity_, uint16 country) external {
        _entries[wallet] = Entry(verified, identity_, country);
    }

    function set(Temper temper_, bytes4 only_) external {
        (temper, only) = (temper_, only_);
    }

    function setWork(uint256 work_) external {
        work = work_;
    }

    /// Speaks for itself, as no registry of that kind does.
    function say(address token, bytes calldata words) external returns (bool said) {
        (said,) = token.call(words);
    }

    function isVerified(address wallet) external view returns (bool) {
        _bad();
        uint256 enough = work == 0 ? 0 : gasleft();
        while (enough != 0 && enough - gasleft() < work) {}
        return _entries[wallet].verified;
    }

    function identity(address wallet) external view returns (address) {
        _bad();
        return _entries[wallet].identity;
    }

    function investorCountry(address wallet) external view returns (uint16) {
        _bad();
        return _entries[wallet].country;
    }

    function _bad() private view {
        Temper t = temper;
        if (t == Temper.Kind || (only != 0 && only != msg.sig)) return;
        if (t == Temper.Failing) revert("no");
        while (t == Temper.Greedy) {}
        uint256 words = t == Temper.Dirty ? 1 : t == Temper.Long ? 2 : 0;
        if (t == Temper.Bombing) {
            words = 1;
            uint256 gas_ = gasleft() - gasleft() / 100 - 5_000;
            while ((words + 64) * 3 + (words + 64) * (words + 64) / 512 < gas_) words += 64;
        }
        assembly {
            if eq(words, 1) { mstore(0, not(0)) }
            if gt(words, 1) { mstore(0, 1) }
            return(0, mul(words, 32))
        }
    }
}

/// @notice A stranger's compliance that needs much gas to count, as T-REX's does with its modules.
contract Laborious {
    uint256 public told;

    function canTransfer(address, address, uint256) external pure returns (bool) {
        return true;
    }

    function created(address, uint256) external {
        _work();
    }

    function transferred(address, address, uint256) external {
        _work();
    }

    function destroyed(address, uint256) external {
        _work();
    }

    function _work() private {
        uint256 before = gasleft();
        while (before - gasleft() < 800_000) {}
        ++told;
    }
}
