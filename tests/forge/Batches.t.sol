// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IAssetToken, IPowers, IToken, Power, Vm} from "./Fixture.sol";

/// @notice A batch is its single acts in order: the same state, the same logs, the same refusals, all or none.
contract BatchesTest is Fixture {
    IToken private _twin; // gets the single acts

    function setUp() public override {
        super.setUp();
        (_twin,) = newToken(terms(), "twin");
        vm.prank(issuer);
        registry.bindToken(address(_twin));
        address[3] memory holders = [alice, bob, carol];
        vm.startPrank(agent);
        for (uint256 i = 0; i < holders.length; ++i) {
            token.mint(holders[i], 1_000);
            _twin.mint(holders[i], 1_000);
        }
        vm.stopPrank();
    }

    function _accounts(uint256 seed) private view returns (address[] memory list) {
        address[3] memory people = [alice, bob, carol];
        list = new address[](4); // so that one comes twice
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = people[(seed >> (8 * i)) % 3];
        }
    }

    function _amounts(uint256 seed) private pure returns (uint256[] memory list) {
        list = new uint256[](4);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = (seed >> (16 * i)) % 700;
        }
    }

    /// Runs a batch here and its single acts at the twin; both pass with one state, or both fail.
    function _equal(bytes memory batch, bytes[] memory singles) private {
        vm.prank(agent);
        (bool ok,) = address(token).call(batch);
        bool all = true;
        try this.run(singles) {}
        catch {
            all = false;
        }
        same(ok, all, "passed");
        address[3] memory people = [alice, bob, carol];
        for (uint256 i = 0; i < people.length; ++i) {
            same(token.recordOf(people[i]), _twin.recordOf(people[i]), "record");
            same(token.getFrozenTokens(people[i]), _twin.getFrozenTokens(people[i]), "frozen");
        }
        same(token.totalSupply(), _twin.totalSupply(), "supply");
    }

    /// All single acts, or none.
    function run(bytes[] calldata singles) external {
        for (uint256 i = 0; i < singles.length; ++i) {
            vm.prank(agent);
            (bool ok,) = address(_twin).call(singles[i]);
            if (!ok) revert NotTrue("single");
        }
    }

    function testFuzz_I25_two_lists(uint256 which, uint256 who, uint256 much, uint256 frozen) public {
        string[5] memory singleNames = [
            "mint(address,uint256)",
            "burn(address,uint256)",
            "burn(address,uint256,bytes32)",
            "freezePartialTokens(address,uint256)",
            "unfreezePartialTokens(address,uint256)"
        ];
        string[5] memory batchNames = [
            "batchMint(address[],uint256[])",
            "batchBurn(address[],uint256[])",
            "batchBurn(address[],uint256[],bytes32)",
            "batchFreezePartialTokens(address[],uint256[])",
            "batchUnfreezePartialTokens(address[],uint256[])"
        ];
        which = which % 5;
        vm.startPrank(agent);
        token.setFrozenTokens(alice, frozen % 2_000);
        _twin.setFrozenTokens(alice, frozen % 2_000);
        vm.stopPrank();
        address[] memory accounts = _accounts(who);
        uint256[] memory amounts = _amounts(much);
        bytes[] memory singles = new bytes[](4);
        for (uint256 i = 0; i < 4; ++i) {
            singles[i] = abi.encodeWithSignature(singleNames[which], accounts[i], amounts[i], REF);
        }
        _equal(abi.encodeWithSignature(batchNames[which], accounts, amounts, REF), singles);
    }

    function testFuzz_I25_forced_transfers(uint256 from, uint256 to, uint256 much, uint256 frozen) public {
        vm.startPrank(agent);
        token.setFrozenTokens(alice, frozen % 2_000);
        _twin.setFrozenTokens(alice, frozen % 2_000);
        vm.stopPrank();
        address[] memory sources = _accounts(from);
        address[] memory targets = _accounts(to);
        uint256[] memory amounts = _amounts(much);
        bytes[] memory singles = new bytes[](4);
        for (uint256 i = 0; i < 4; ++i) {
            singles[i] = abi.encodeWithSignature(
                "forcedTransfer(address,address,uint256)", sources[i], targets[i], amounts[i]
            );
        }
        _equal(
            abi.encodeWithSignature(
                "batchForcedTransfer(address[],address[],uint256[])", sources, targets, amounts
            ),
            singles
        );
    }

    function testFuzz_I25_account_freezes(uint256 who, uint8 bits) public {
        address[] memory accounts = _accounts(who);
        bool[] memory frozen = new bool[](4);
        bytes[] memory singles = new bytes[](4);
        for (uint256 i = 0; i < 4; ++i) {
            frozen[i] = (bits >> i) & 1 != 0;
            singles[i] = abi.encodeWithSignature("setAddressFrozen(address,bool)", accounts[i], frozen[i]);
        }
        _equal(abi.encodeWithSignature("batchSetAddressFrozen(address[],bool[])", accounts, frozen), singles);
    }

    function test_a_batch_is_all_or_nothing() public {
        address[] memory from = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (from[0], from[1]) = (alice, bob);
        (amounts[0], amounts[1]) = (1, 1_001);
        vm.expectRevert();
        vm.prank(agent);
        token.batchBurn(from, amounts);
        same(token.balanceOf(alice), 1_000, "alice");
    }

    function test_lists_of_different_length_revert() public {
        address[] memory two = new address[](2);
        (two[0], two[1]) = (alice, bob);
        uint256[] memory one = new uint256[](1);
        bool[] memory flag = new bool[](1);
        bytes[13] memory calls = [
            abi.encodeWithSignature("batchMint(address[],uint256[])", two, one),
            abi.encodeWithSignature("batchMint(address[],uint256[],bytes32)", two, one, REF),
            abi.encodeWithSignature("batchBurn(address[],uint256[])", two, one),
            abi.encodeWithSignature("batchBurn(address[],uint256[],bytes32)", two, one, REF),
            abi.encodeWithSignature("batchFreezePartialTokens(address[],uint256[])", two, one),
            abi.encodeWithSignature("batchFreezePartialTokens(address[],uint256[],bytes32)", two, one, REF),
            abi.encodeWithSignature("batchUnfreezePartialTokens(address[],uint256[])", two, one),
            abi.encodeWithSignature("batchUnfreezePartialTokens(address[],uint256[],bytes32)", two, one, REF),
            abi.encodeWithSignature("batchSetAddressFrozen(address[],bool[])", two, flag),
            abi.encodeWithSignature("batchSetAddressFrozen(address[],bool[],bytes32)", two, flag, REF),
            abi.encodeWithSignature("batchForcedTransfer(address[],address[],uint256[])", two, two, one),
            abi.encodeWithSignature(
                "batchForcedTransfer(address[],address[],uint256[],bytes32)", two, new address[](1), one, REF
            ),
            abi.encodeWithSignature("batchTransfer(address[],uint256[])", two, one)
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(agent);
            (bool ok, bytes memory error) = address(token).call(calls[i]);
            no(ok, "passed");
            same(uint32(bytes4(error)), uint32(IAssetToken.LengthMismatch.selector), "error");
        }
    }

    function test_a_batch_names_its_paper_once() public {
        address[] memory two = new address[](2);
        bool[] memory flags = new bool[](2);
        vm.recordLogs();
        vm.prank(agent);
        token.batchSetAddressFrozen(two, flags, REF);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        same(count(logs, keccak256("Acted(bytes32,address,bytes4)")), 1, "Acted");
        same(count(logs, keccak256("AddressFrozen(address,bool,address)")), 2, "AddressFrozen");
    }

    function test_a_court_needs_force_and_raw_burn_needs_raw_supply() public {
        address court = actor("court");
        address raw = actor("raw");
        vm.startPrank(issuer);
        token.grantPowers(court, Power.FORCE);
        token.grantPowers(raw, Power.RAW_SUPPLY);
        vm.stopPrank();
        vm.prank(court);
        token.burn(alice, 1, REF);
        vm.prank(raw);
        token.burn(alice, 1);
        expectPowerMissing(court, Power.RAW_SUPPLY);
        vm.prank(court);
        token.burn(alice, 1);
        expectPowerMissing(raw, Power.FORCE);
        vm.prank(raw);
        token.burn(alice, 1, REF);
        same(token.balanceOf(alice), 998, "alice");
    }

    /// Every other power together opens no batch, and the one power does.
    function test_every_batch_asks_for_its_own_power_and_no_other() public {
        string[12] memory doors = [
            "batchMint(address[],uint256[])",
            "batchMint(address[],uint256[],bytes32)",
            "batchBurn(address[],uint256[])",
            "batchBurn(address[],uint256[],bytes32)",
            "batchFreezePartialTokens(address[],uint256[])",
            "batchFreezePartialTokens(address[],uint256[],bytes32)",
            "batchUnfreezePartialTokens(address[],uint256[])",
            "batchUnfreezePartialTokens(address[],uint256[],bytes32)",
            "batchSetAddressFrozen(address[],bool[])",
            "batchSetAddressFrozen(address[],bool[],bytes32)",
            "batchForcedTransfer(address[],address[],uint256[])",
            "batchForcedTransfer(address[],address[],uint256[],bytes32)"
        ];
        for (uint256 i = 0; i < doors.length; ++i) {
            uint256 power = i >= 10 || i == 3 ? Power.FORCE : i >= 4 ? Power.FREEZE : Power.RAW_SUPPLY;
            // Lists that all lie at the place of one length of zero; the ref, where there is one, is of no matter.
            bytes memory call = abi.encodePacked(bytes4(keccak256(bytes(doors[i]))), abi.encode(128, 128, 128, 128, 0));
            address others = actor(string.concat("others", doors[i]));
            address one = actor(string.concat("one", doors[i]));
            vm.startPrank(issuer);
            token.grantPowers(others, AGENT_POWERS & ~power);
            token.grantPowers(one, power);
            vm.stopPrank();
            vm.prank(others);
            (bool ok, bytes memory error) = address(token).call(call);
            no(ok, doors[i]);
            same(uint32(bytes4(error)), uint32(IPowers.PowerMissing.selector), doors[i]);
            vm.prank(one);
            (ok,) = address(token).call(call);
            yes(ok, doors[i]);
        }
    }
}
