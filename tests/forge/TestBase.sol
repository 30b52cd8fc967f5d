// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The cheatcodes used here; forge serves them at one fixed address.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function addr(uint256 key) external pure returns (address);
    function assume(bool condition) external pure;
    function chainId(uint256 id) external;
    function etch(address target, bytes calldata code) external;
    function expectEmit(address emitter) external;
    function expectRevert() external;
    function expectCall(address callee, bytes calldata data) external;
    function expectRevert(bytes calldata error) external;
    function getRecordedLogs() external returns (Log[] memory);
    function prank(address sender) external;
    function record() external;
    function recordLogs() external;
    function roll(uint256 number) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function load(address target, bytes32 slot) external view returns (bytes32 word);
    function snapshotState() external returns (uint256 snapshot);
    function startPrank(address sender) external;
    function stopPrank() external;
    function revertToState(uint256 snapshot) external returns (bool);
    function warp(uint256 time) external;
}

/// @notice A test base of our own: forge finds tests by name, invariant targets by `targetContracts()`.
abstract contract TestBase {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bool public constant IS_TEST = true;
    FuzzSelector[] private _targets;

    /// What forge may call in an invariant run.
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    error NotEqual(string what, uint256 have, uint256 want);
    error NotTrue(string what);

    function targetSelectors() external view returns (FuzzSelector[] memory) {
        return _targets;
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](_targets.length);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _targets[i].addr;
        }
    }

    function target(address who, bytes4[] memory doors) internal {
        _targets.push(FuzzSelector(who, doors));
    }

    function same(uint256 have, uint256 want, string memory what) internal pure {
        if (have != want) revert NotEqual(what, have, want);
    }

    function same(address have, address want, string memory what) internal pure {
        same(uint160(have), uint160(want), what);
    }

    function same(bool have, bool want, string memory what) internal pure {
        same(have ? 1 : 0, want ? 1 : 0, what);
    }

    function yes(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    function no(bool condition, string memory what) internal pure {
        if (condition) revert NotTrue(what);
    }

    /// Folds `x` into [low, high].
    function within(uint256 x, uint256 low, uint256 high) internal pure returns (uint256) {
        if (x >= low && x <= high) return x;
        return high - low == type(uint256).max ? x : low + x % (high - low + 1);
    }

    function actor(string memory name) internal pure returns (address) {
        return address(uint160(uint256(keccak256(bytes(name)))));
    }

    /// The first recorded log of `topic0` from position `start` on; the length of `logs` when there is none.
    function indexOf(Vm.Log[] memory logs, bytes32 topic0, uint256 start) internal pure returns (uint256 i) {
        for (i = start; i < logs.length; ++i) {
            if (logs[i].topics.length != 0 && logs[i].topics[0] == topic0) return i;
        }
    }

    function count(Vm.Log[] memory logs, bytes32 topic0) internal pure returns (uint256 n) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics.length != 0 && logs[i].topics[0] == topic0) ++n;
        }
    }
}
