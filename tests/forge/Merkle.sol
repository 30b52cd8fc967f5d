// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The issuer's side of an order: rows cut into chunks, a tree over them, and a proof for each. Written here from
///         the specification, not from the token's code.
library Merkle {
    function row(address wallet, uint96 amount) internal pure returns (bytes32) {
        return bytes32((uint256(uint160(wallet)) << 96) | amount);
    }

    /// A slice of `rows`, as chunk `index` of at most `size`.
    function chunk(bytes32[] memory rows, uint256 size, uint256 index) internal pure returns (bytes32[] memory part) {
        uint256 first = index * size;
        uint256 end = first + size < rows.length ? first + size : rows.length;
        part = new bytes32[](end - first);
        for (uint256 i = first; i < end; ++i) {
            part[i - first] = rows[i];
        }
    }

    function leaves(bytes32 orderId, bytes32[] memory rows, uint256 size) internal pure returns (bytes32[] memory out) {
        out = new bytes32[]((rows.length + size - 1) / size);
        for (uint256 i = 0; i < out.length; ++i) {
            out[i] = keccak256(abi.encode(orderId, i * size, chunk(rows, size, i)));
        }
    }

    function root(bytes32[] memory level) internal pure returns (bytes32) {
        while (level.length > 1) {
            level = _up(level);
        }
        return level[0];
    }

    function proof(bytes32[] memory level, uint256 index) internal pure returns (bytes32[] memory out) {
        bytes32[] memory long = new bytes32[](32);
        uint256 n;
        while (level.length > 1) {
            uint256 sibling = index ^ 1;
            if (sibling < level.length) long[n++] = level[sibling];
            level = _up(level);
            index >>= 1;
        }
        out = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            out[i] = long[i];
        }
    }

    /// Pairs sorted; an odd one goes up alone.
    function _up(bytes32[] memory level) private pure returns (bytes32[] memory next) {
        next = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < next.length; ++i) {
            bytes32 a = level[2 * i];
            if (2 * i + 1 == level.length) {
                next[i] = a;
                continue;
            }
            bytes32 b = level[2 * i + 1];
            next[i] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        }
    }
}
