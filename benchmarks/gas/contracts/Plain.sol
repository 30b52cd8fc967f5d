// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20 as SoladyERC20} from "solady/tokens/ERC20.sol";
import {Ownable as SoladyOwnable} from "solady/auth/Ownable.sol";

// Lower limits: ownable mintable ERC-20s without any check of who may hold.

contract PlainOZ is ERC20, Ownable {
    constructor(string memory n, string memory s, address o) ERC20(n, s) Ownable(o) {}

    function mint(address to, uint256 v) external onlyOwner {
        _mint(to, v);
    }

    function batchMint(address[] calldata to, uint256[] calldata v) external onlyOwner {
        for (uint256 i; i < to.length; ++i) _mint(to[i], v[i]);
    }

    function batchTransfer(address[] calldata to, uint256[] calldata v) external {
        for (uint256 i; i < to.length; ++i) _transfer(msg.sender, to[i], v[i]);
    }

    function burn(address from, uint256 v) external onlyOwner {
        _burn(from, v);
    }
}

contract PlainSolady is SoladyERC20, SoladyOwnable {
    string private _n;
    string private _s;

    constructor(string memory n, string memory s, address o) {
        _n = n;
        _s = s;
        _initializeOwner(o);
    }

    function name() public view override returns (string memory) {
        return _n;
    }

    function symbol() public view override returns (string memory) {
        return _s;
    }

    function mint(address to, uint256 v) external onlyOwner {
        _mint(to, v);
    }

    function batchMint(address[] calldata to, uint256[] calldata v) external onlyOwner {
        for (uint256 i; i < to.length; ++i) _mint(to[i], v[i]);
    }

    function batchTransfer(address[] calldata to, uint256[] calldata v) external {
        for (uint256 i; i < to.length; ++i) _transfer(msg.sender, to[i], v[i]);
    }

    function burn(address from, uint256 v) external onlyOwner {
        _burn(from, v);
    }
}
