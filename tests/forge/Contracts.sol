// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice A stranger's compliance contract that does one of many bad things when asked and when told.
contract Hostile {
    enum Temper {
        Kind, // says yes, counts what it is told
        Refusing, // says no
        Failing, // reverts when told
        Mute, // reverts when asked and told
        Greedy, // burns all gas when told
        Bombing, // answers and fails with as much memory as the gas pays for
        Entering // calls back into the token when told
    }

    Temper public temper;
    address public token;
    bytes public call;
    uint256 public told;
    bytes public entered;

    function set(Temper temper_, address token_, bytes calldata call_) external {
        (temper, token, call) = (temper_, token_, call_);
    }

    function canTransfer(address, address, uint256) external view returns (bool) {
        if (temper == Temper.Mute) revert("no");
        if (temper == Temper.Bombing) _bomb();
        return temper != Temper.Refusing;
    }

    function transferred(address, address, uint256) external {
        _told();
    }

    function created(address, uint256) external {
        _told();
    }

    function destroyed(address, uint256) external {
        _told();
    }

    function _told() private {
        if (temper == Temper.Failing || temper == Temper.Mute) revert("no");
        if (temper == Temper.Bombing) _bomb();
        if (temper == Temper.Greedy) {
            for (uint256 i = 0; gasleft() > 0; ++i) {
                told = i;
            }
        }
        if (temper == Temper.Entering) {
            (, bytes memory answer) = token.call(call);
            entered = answer;
        }
        ++told;
    }

    /// Memory costs 3 gas a word and words squared / 512; the answer is as large as nearly all gas allows.
    function _bomb() private view {
        uint256 words = 1;
        uint256 gas_ = gasleft() - gasleft() / 100 - 5_000;
        while ((words * 2) * 3 + (words * 2) * (words * 2) / 512 < gas_) words *= 2;
        assembly {
            revert(0, mul(words, 32))
        }
    }
}

/// @notice Claims to be a rule book of a token and counts nothing; used to see what a token tells it.
contract Claimer {
    address public token;
    bool public failing;

    constructor(address token_) {
        token = token_;
    }

    function fail() external {
        failing = true;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id != 0xffffffff;
    }

    fallback() external {
        if (failing) revert("no");
    }
}

/// @notice A sanctions oracle with moods of its own.
contract Oracle {
    enum Mood {
        Answering,
        Failing,
        Greedy,
        Empty
    }

    Mood public mood;
    mapping(address account => bool) private _listed;

    function list(address account, bool listed) external {
        _listed[account] = listed;
    }

    function set(Mood mood_) external {
        mood = mood_;
    }

    function isSanctioned(address account) external view returns (bool) {
        if (mood == Mood.Failing) revert("no");
        if (mood == Mood.Empty) {
            assembly {
                return(0, 0)
            }
        }
        while (mood == Mood.Greedy) {}
        return _listed[account];
    }
}

/// @notice A contract as approver: one signer speaks for it (ERC-1271).
contract Wallet1271 {
    address private immutable _signer;

    constructor(address signer) {
        _signer = signer;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s, uint8 v) = abi.decode(signature, (bytes32, bytes32, uint8));
        return ecrecover(digest, v, r, s) == _signer ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
