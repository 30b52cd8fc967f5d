// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {IERC3643} from "../../contracts/interfaces/IERC3643.sol";
import {Fixture, IAssetTokenControl, Verdict, Vm} from "./Fixture.sol";

/// @notice ERC-3643's whole token surface, by its signatures as the standard writes them.
contract Erc3643Test is Fixture {
    address private immutable _holder = actor("holder");

    function setUp() public override {
        super.setUp();
        admit(registry, _holder, RETAIL, HK);
        give(_holder, 1_000);
    }

    /// The signatures of the standard's own text, one by one: their sum is the id, and the token knows each.
    function test_3643_id_is_the_sum_of_its_functions_and_each_is_there() public {
        string[28] memory signatures = [
            "onchainID()", "version()", "identityRegistry()", "compliance()", "paused()", "isFrozen(address)",
            "getFrozenTokens(address)", "setName(string)", "setSymbol(string)", "setOnchainID(address)",
            "setIdentityRegistry(address)", "setCompliance(address)", "pause()", "unpause()",
            "setAddressFrozen(address,bool)", "freezePartialTokens(address,uint256)",
            "unfreezePartialTokens(address,uint256)", "forcedTransfer(address,address,uint256)",
            "mint(address,uint256)", "burn(address,uint256)", "recoveryAddress(address,address,address)",
            "batchTransfer(address[],uint256[])", "batchForcedTransfer(address[],address[],uint256[])",
            "batchMint(address[],uint256[])", "batchBurn(address[],uint256[])",
            "batchSetAddressFrozen(address[],bool[])", "batchFreezePartialTokens(address[],uint256[])",
            "batchUnfreezePartialTokens(address[],uint256[])"
        ];
        bytes4 id;
        for (uint256 i = 0; i < signatures.length; ++i) {
            bytes4 selector = bytes4(keccak256(bytes(signatures[i])));
            id ^= selector;
            // Zeros are readable as any of these arguments: lists of no length, empty texts, nobody.
            (bool ok, bytes memory answer) = address(token).call(bytes.concat(selector, new bytes(320)));
            yes(ok || bytes4(answer) != Errors.FailedCall.selector, signatures[i]);
        }
        same(uint32(id), 0xb97d944c, "id");
        same(uint32(type(IERC3643).interfaceId), 0xb97d944c, "interface");
        yes(token.supportsInterface(0xb97d944c), "claimed");
        (bool known, bytes memory nothing) = address(token).call(bytes.concat(bytes4("none"), new bytes(320)));
        yes(!known && bytes4(nothing) == Errors.FailedCall.selector, "so fails what is not there");
    }

    function test_3643_information_is_logged_in_the_form_of_the_asset_file() public {
        vm.startPrank(issuer);
        vm.recordLogs();
        token.setName("Harbour B");
        token.setSymbol("HMB");
        token.setOnchainID(bob);
        vm.stopPrank();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(logs.length, 3, "logs");
        for (uint256 i = 0; i < 3; ++i) {
            same(uint256(logs[i].topics[0]), uint256(
                keccak256("UpdatedTokenInformation(string,string,uint8,string,address)")
            ), "topic");
            same(logs[i].topics.length, 4, "name, symbol and id are indexed");
        }
        same(uint256(logs[2].topics[1]), uint256(keccak256("Harbour B")), "name");
        same(uint256(logs[2].topics[2]), uint256(keccak256("HMB")), "symbol");
        same(uint256(logs[2].topics[3]), uint160(bob), "id");
        (uint8 decimals, string memory version) = abi.decode(logs[2].data, (uint8, string));
        same(decimals, 6, "decimals");
        same(uint256(keccak256(bytes(version))), uint256(keccak256(bytes(token.version()))), "version");
        same(token.onchainID(), bob, "onchainID");
        same(uint256(keccak256(bytes(token.name()))), uint256(keccak256("Harbour B")), "answers");
    }

    function test_3643_renaming_needs_the_owner_and_a_name_and_breaks_no_signature() public {
        bytes32 before = token.DOMAIN_SEPARATOR();
        vm.startPrank(issuer);
        token.setName("Other");
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        token.setName("");
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        token.setSymbol("");
        vm.stopPrank();
        same(uint256(token.DOMAIN_SEPARATOR()), uint256(before), "domain");
        expectNotOwner(agent);
        vm.prank(agent);
        token.setName("Mine");
        expectNotOwner(agent);
        vm.prank(agent);
        token.setSymbol("MINE");
        expectNotOwner(agent);
        vm.prank(agent);
        token.setOnchainID(agent);
    }

    function test_3643_a_batch_transfer_moves_the_callers_own_units() public {
        address[] memory to = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (to[0], to[1], amounts[0], amounts[1]) = (bob, carol, 400, 600);
        vm.prank(_holder);
        token.batchTransfer(to, amounts);
        same(token.balanceOf(_holder) + token.balanceOf(bob), 400, "holder and bob");
        same(token.balanceOf(carol), 600, "carol");
    }

    function test_3643_mint_and_force_check_the_receiver_burn_checks_nobody() public {
        same(token.explain(_holder, stranger, 1), Verdict.TO_IDENTITY, "not verified");
        vm.startPrank(agent);
        vm.expectRevert();
        token.mint(stranger, 1);
        vm.expectRevert();
        token.forcedTransfer(_holder, stranger, 1);
        token.setAddressFrozen(_holder, true);
        token.burn(_holder, 1_000);
        vm.stopPrank();
        same(token.totalSupply(), 0, "supply");
    }

    // -------------------------------------------------------------------------------------------- the successor

    function test_successor_is_named_by_the_owner_of_a_halted_token() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.NotHalted.selector));
        vm.prank(issuer);
        token.nameSuccessor(address(lens));
        halt();
        expectNotOwner(agent);
        vm.prank(agent);
        token.nameSuccessor(address(lens));
        vm.startPrank(issuer);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        token.nameSuccessor(stranger); // no contract
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.TermsInvalid.selector));
        token.nameSuccessor(address(token));
        vm.expectEmit(address(token));
        emit IAssetTokenControl.SuccessorNamed(address(lens));
        token.nameSuccessor(address(lens));
        vm.stopPrank();
        same(token.successor(), address(lens), "successor");
    }

    function test_3643_names_itself() public view {
        same(token.onchainID(), address(0), "onchainID");
        same(token.identityRegistry(), address(registry), "registry");
        same(token.compliance(), address(0), "compliance");
        yes(token.isAgent(agent), "agent");
        yes(registry.isVerified(_holder), "verified");
        same(registry.investorCountry(carol2), US, "country");
        same(registry.identity(carol2), investorOf(carol), "identity");
    }
}
