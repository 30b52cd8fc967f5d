// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// @title A stand-in for the OP Stack's dispute game: what it answers about its claim
contract Game {
    uint256 public l2BlockNumber;
    bytes32 public rootClaim;
    uint8 public status;

    constructor(uint256 number, bytes32 root, uint8 standing) {
        (l2BlockNumber, rootClaim, status) = (number, root, standing);
    }
}

/// @title A stand-in for its factory on L1
contract Games {
    Game[] private _games;

    function propose(uint256 number, bytes32 root, uint8 standing) external {
        _games.push(new Game(number, root, standing));
    }

    function gameCount() external view returns (uint256) {
        return _games.length;
    }

    function gameAtIndex(uint256 index) external view returns (uint32, uint64, address) {
        return (1, uint64(block.timestamp), address(_games[index]));
    }
}
