// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Allowances} from "../../contracts/token/Allowances.sol";
import {Fixture, IERC20Errors} from "./Fixture.sol";

/// @notice ERC-20, 2612 and 165 to the letter, as far as no other file says it.
contract StandardsTest is Fixture {
    uint256 private constant HOLDER_KEY = 0x401DE7;
    address private _holder;

    function setUp() public override {
        super.setUp();
        _holder = vm.addr(HOLDER_KEY);
        admit(registry, _holder, RETAIL, HK);
        give(_holder, 1_000);
    }

    // --------------------------------------------------------------------------------------------------- ERC-20

    function test_metadata_is_that_of_the_terms() public view {
        same(uint256(keccak256(bytes(token.name()))), uint256(keccak256("Harbour Money Market A")), "name");
        same(uint256(keccak256(bytes(token.symbol()))), uint256(keccak256("HMMA")), "symbol");
        same(token.decimals(), 6, "decimals");
        same(token.cap(), CAP, "cap");
        same(token.deployedBlock(), block.number, "deployed");
        same(token.slotDelay(), DELAY, "delay");
    }

    function test_approve_sets_and_logs() public {
        vm.expectEmit(address(token));
        emit IERC20.Approval(_holder, bob, 5);
        vm.prank(_holder);
        yes(token.approve(bob, 5), "answer");
        same(token.allowance(_holder, bob), 5, "allowance");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSpender.selector, address(0)));
        vm.prank(_holder);
        token.approve(address(0), 5);
    }

    // ------------------------------------------------------------------------------------------------- ERC-2612

    function _permit(uint256 value, uint256 nonce, uint256 deadline, uint256 key) private {
        bytes32 body = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                _holder,
                bob,
                value,
                nonce,
                deadline
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), body)));
        token.permit(_holder, bob, value, deadline, v, r, s);
    }

    function test_permit_approves_once() public {
        _permit(700, 0, START, HOLDER_KEY);
        same(token.allowance(_holder, bob), 700, "allowance");
        same(token.nonces(_holder), 1, "nonce");
        vm.expectRevert();
        this.permit(700, 0, START, HOLDER_KEY);
    }

    function test_permit_refuses_late_and_foreign_signatures() public {
        vm.expectRevert(abi.encodeWithSelector(Allowances.ERC2612ExpiredSignature.selector, START - 1));
        this.permit(1, 0, START - 1, HOLDER_KEY);
        vm.expectRevert(abi.encodeWithSelector(Allowances.ERC2612InvalidSigner.selector, vm.addr(1), _holder));
        this.permit(1, 0, START, 1);
    }

    function permit(uint256 value, uint256 nonce, uint256 deadline, uint256 key) external {
        _permit(value, nonce, deadline, key);
    }

    function test_domain_follows_chain_and_token() public {
        bytes32 before = token.DOMAIN_SEPARATOR();
        vm.chainId(177);
        no(token.DOMAIN_SEPARATOR() == before, "chain");
    }

    // -------------------------------------------------------------------------------------------------- ERC-165

    function test_supportsInterface_says_what_is_answered_in_full() public view {
        yes(token.supportsInterface(0x01ffc9a7), "165");
        yes(token.supportsInterface(0x36372b07), "20");
        yes(token.supportsInterface(0x9d8ff7da), "2612");
        yes(token.supportsInterface(0x3edbb4c4), "7943");
        no(token.supportsInterface(0xffffffff), "none");
    }
}
