// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Config} from "../../contracts/token/Config.sol";
import {Claimer, Hostile} from "./Contracts.sol";
import {
    Fixture,
    IAssetToken,
    IAssetTokenControl,
    IIdentityRegistry,
    IPowers,
    IToken,
    Kind,
    Mode,
    Order,
    Power,
    RuleBookFixture,
    Verdict
} from "./Fixture.sol";
import {Merkle} from "./Merkle.sol";

/// @notice A token that claims to belong to a registry and turns on it.
contract Saboteur {
    address public identityRegistry;
    bool public armed;

    constructor(address registry) {
        identityRegistry = registry;
    }

    function arm(address registry) external {
        (armed, identityRegistry) = (true, registry);
    }

    function registryBound() external {}

    function config() external pure returns (uint256) {
        return 0;
    }

    function identityChanged(address, address, address) external view {
        require(!armed, "sabotage");
    }
}

/// @notice Attacks on the design's own edges. Those that lie elsewhere:
///         an unbound token keeps no copy and a bound one cannot be unbound while it asks: Registry.t.sol, Slots.t.sol;
///         attestation replay after revocation: Attestation.t.sol (B1, consumed once), InvariantAttestation.t.sol (I-21);
///         front-run initialiser and salt: Factory.t.sol (I-24, V-17); a compliance contract that enters: Compliance.t.sol.
contract AttacksTest is Fixture {
    address private immutable _thief = actor("thief");

    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
    }

    function _steal(uint256 power) private {
        vm.prank(issuer);
        token.grantPowers(_thief, power);
    }

    function _fails(address by, bytes memory call) private {
        vm.prank(by);
        (bool ok,) = address(token).call(call);
        no(ok, "passed");
    }

    // ------------------------------------------------------------------------------------- a bound token misbehaves

    function test_attack_a_strange_token_is_not_bound_whatever_it_claims() public {
        Saboteur saboteur = new Saboteur(address(registry));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TokenInvalid.selector, address(saboteur)));
        vm.prank(issuer);
        registry.bindToken(address(saboteur));
        expire(alice);
        same(token.explain(alice, bob, 1), Verdict.FROM_EXPIRED, "pushed");
    }

    /// The owner trusted its code. It can make the registry's pushes fail, and nothing else: each token still has its own
    /// freeze, and leaves for another registry.
    function test_attack_a_trusted_saboteur_stops_pushes_but_neither_freezes_nor_the_way_out() public {
        Saboteur saboteur = new Saboteur(address(registry));
        vm.startPrank(issuer);
        registry.trustCode(address(saboteur).codehash, true);
        registry.bindToken(address(saboteur));
        vm.stopPrank();
        saboteur.arm(address(registry));
        vm.expectRevert("sabotage");
        vm.prank(admitter);
        registry.revoke(alice, REF);
        freeze(alice);
        same(token.explain(alice, bob, 1), Verdict.FROM_FROZEN, "frozen");
        IIdentityRegistry next = newRegistry();
        admitAll(next);
        vm.startPrank(issuer);
        token.setIdentityRegistry(address(next));
        vm.warp(START + DELAY);
        token.applyIdentityRegistry();
        vm.stopPrank();
        bind(next, token);
        vm.prank(admitter);
        next.revoke(alice, REF);
        same(token.explain(alice, bob, 1), Verdict.FROM_FROZEN | Verdict.FROM_EXPIRED, "pushed again");
    }

    function test_attack_a_saboteur_that_says_it_has_left_is_passed_over_and_unbound() public {
        Saboteur saboteur = new Saboteur(address(registry));
        vm.startPrank(issuer);
        registry.trustCode(address(saboteur).codehash, true);
        registry.bindToken(address(saboteur));
        saboteur.arm(address(1));
        registry.unbindToken(address(saboteur));
        vm.stopPrank();
        expire(alice);
        same(token.explain(alice, bob, 1), Verdict.FROM_EXPIRED, "pushed");
    }

    // ---------------------------------------------------------------------------------------------- sixteen wallets

    /// The dearest push there is: sixteen wallets in sixteen tokens, all with copies.
    function test_attack_sixteen_wallets_in_sixteen_tokens_are_revoked_in_one_block() public {
        address[] memory wallets = _sixteen();
        for (uint256 i = 1; i < 16; ++i) {
            (IToken more,) = newToken(terms(), bytes32(i));
            bind(registry, more);
            for (uint256 k = 0; k < wallets.length; ++k) {
                vm.prank(agent);
                more.mint(wallets[k], 1);
            }
        }
        uint256 gas = gasleft();
        expire(carol);
        yes(gas - gasleft() < 15_000_000, "half of a block");
        for (uint256 k = 0; k < wallets.length; ++k) {
            same(token.explain(wallets[k], bob, 0) & Verdict.FROM_EXPIRED, Verdict.FROM_EXPIRED, "revoked");
        }
    }

    function _sixteen() private returns (address[] memory) {
        for (uint160 i = 0; i < 14; ++i) {
            vm.prank(admitter);
            registry.link(carol, address(0x1000 + i));
            give(address(0x1000 + i), 1);
        }
        return registry.walletsOf(carol);
    }

    // ------------------------------------------------------------------------------------------ a stolen executor key

    /// All that the executor's key opens is the next approved chunk, as it was approved, before the deadline.
    function test_attack_a_stolen_executor_key_issues_what_was_approved_and_nothing_else() public {
        _steal(Power.ISSUE);
        bytes32[] memory rows = new bytes32[](1);
        rows[0] = Merkle.row(bob, 7);
        bytes32 id = "S-1";
        bytes32[] memory leaves = Merkle.leaves(id, rows, 2);
        Order memory order = Order(id, Merkle.root(leaves), "file", 1, 7, uint40(block.timestamp + 1 days));
        _fails(_thief, abi.encodeCall(IAssetToken.openOrder, (order)));
        vm.prank(approver);
        token.openOrder(order);
        bytes32[] memory mine = new bytes32[](1);
        mine[0] = Merkle.row(alice, 7);
        bytes32[] memory none = new bytes32[](0);
        _fails(_thief, abi.encodeCall(IAssetToken.issue, (id, 0, mine, none, false)));
        mine[0] = Merkle.row(bob, 8);
        _fails(_thief, abi.encodeCall(IAssetToken.issue, (id, 0, mine, none, false)));
        vm.prank(_thief);
        token.issue(id, 0, rows, none, false);
        same(token.balanceOf(bob), 7, "approved");
        _fails(_thief, abi.encodeCall(IAssetToken.issue, (id, 0, rows, none, false)));
        _fails(_thief, abi.encodeCall(IAssetToken.issue, (id, 1, rows, none, false)));
        _everythingElseFails();
        same(token.totalSupply(), 1_007, "supply");
    }

    function _everythingElseFails() private {
        _fails(_thief, abi.encodeWithSignature("mint(address,uint256)", bob, 1));
        _fails(_thief, abi.encodeWithSignature("burn(address,uint256)", alice, 1));
        _fails(_thief, abi.encodeWithSignature("burn(address,uint256,bytes32)", alice, 1, REF));
        _fails(_thief, abi.encodeWithSignature("forcedTransfer(address,address,uint256)", alice, bob, 1));
        _fails(_thief, abi.encodeWithSignature("setAddressFrozen(address,bool)", alice, true));
        _fails(_thief, abi.encodeCall(IAssetToken.redeem, (alice, 1, "paper")));
        _fails(_thief, abi.encodeCall(IAssetToken.closeOrder, ("S-1")));
        _fails(_thief, abi.encodeCall(IPowers.grantPowers, (_thief, Power.ALL)));
        _fails(_thief, abi.encodeCall(IAssetToken.setMintWindow, (0, 0)));
        _fails(_thief, abi.encodeCall(IAssetTokenControl.setCap, (type(uint128).max)));
    }

    // ------------------------------------------------------------------------------------------- a stolen recover key

    function test_attack_a_stolen_recover_key_waits_a_day_in_which_the_victim_keeps_everything() public {
        _steal(Power.RECOVER);
        address investor = investorOf(alice);
        _fails(_thief, abi.encodeWithSignature("recoveryAddress(address,address,address)", alice, bob, investor));
        vm.prank(_thief);
        no(token.recoveryAddress(alice, _thief, investor), "only proposed");
        vm.warp(START + 1 days - 1);
        _fails(_thief, abi.encodeWithSignature("recoveryAddress(address,address,address)", alice, _thief, investor));
        vm.prank(alice);
        token.cancelRecovery(alice, REF);
        vm.warp(START + 2 days);
        vm.prank(_thief);
        no(token.recoveryAddress(alice, _thief, investor), "a new day begins");
        vm.prank(issuer);
        token.revokePowers(_thief, Power.RECOVER);
        vm.warp(START + 4 days);
        _fails(_thief, abi.encodeWithSignature("recoveryAddress(address,address,address)", alice, _thief, investor));
        same(token.balanceOf(alice), 1_000, "alice");
    }

    /// Nor can whoever recovers say first whose wallet is whose.
    function test_attack_a_recoverer_who_also_admits_recovers_nothing() public {
        _steal(Power.RECOVER);
        vm.prank(issuer);
        IPowers(address(registry)).grantPowers(_thief, Power.ADMIT);
        vm.prank(_thief);
        registry.link(alice, _thief);
        address investor = investorOf(alice);
        _fails(_thief, abi.encodeWithSignature("recoveryAddress(address,address,address)", alice, _thief, investor));
        same(token.balanceOf(_thief), 0, "thief");
    }

    // --------------------------------------------------------------------------------------- slots, in and after the delay

    /// A stolen owner key proposes its own registry: for a day nothing changes, and any pause agent ends it.
    function test_attack_a_proposed_slot_changes_nothing_in_its_delay() public {
        IIdentityRegistry evil = newRegistry();
        Hostile hostile = new Hostile();
        hostile.set(Hostile.Temper.Refusing, address(0), "");
        vm.startPrank(issuer);
        token.setIdentityRegistry(address(evil));
        token.setCompliance(address(hostile));
        vm.stopPrank();
        for (uint256 i = 0; i < 3; ++i) {
            vm.warp(START + i * (DELAY - 1) / 2);
            _fails(issuer, abi.encodeCall(IAssetTokenControl.applyIdentityRegistry, ()));
            _fails(issuer, abi.encodeCall(IAssetTokenControl.applyCompliance, ()));
            move(alice, bob, 1);
        }
        vm.startPrank(agent);
        token.cancelIdentityRegistry();
        token.cancelCompliance();
        vm.stopPrank();
        vm.warp(START + 30 days);
        _fails(issuer, abi.encodeCall(IAssetTokenControl.applyIdentityRegistry, ()));
        _fails(issuer, abi.encodeCall(IAssetTokenControl.applyCompliance, ()));
        same(token.identityRegistry(), address(registry), "registry");
    }

    /// What was harmless when it was proposed says something else when it is applied.
    function test_attack_a_candidate_that_changes_in_the_delay_is_looked_at_again() public {
        address at = address(0xCAFE);
        vm.etch(at, address(new Hostile()).code);
        vm.prank(issuer);
        token.setCompliance(at);
        vm.warp(START + DELAY);
        vm.etch(at, address(new Claimer(address(1))).code); // now it claims to be the rule book of token 0
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotInvalid.selector, bytes32("compliance"), at));
        vm.prank(issuer);
        token.applyCompliance();
    }

    // ------------------------------------------------------------------------------------------------ epoch exhaustion

    /// A rules key turns the epoch as fast as a chain can carry it: 56 bits outlast any chain.
    function test_attack_the_epoch_cannot_be_counted_up() public {
        uint256 epoch = Config.epoch(token.config());
        uint16[] memory many = new uint16[](64);
        vm.startPrank(agent);
        token.setCountryList(true);
        uint256 gas = gasleft();
        token.setCountryList(true);
        gas -= gasleft();
        token.allowCountries(many, false);
        vm.stopPrank();
        same(Config.epoch(token.config()) - epoch, 3, "one a transaction, however long its list");
        uint256 blocks = (uint256(1) << 56) / (30_000_000 / gas);
        yes(blocks / 365 days > 100_000, "years, of full blocks of one second");
        same(token.balanceOf(alice), 1_000, "the truth of an account has no epoch");
    }

}

/// @notice The same with a limit over all wallets.
contract SpreadAttackTest is RuleBookFixture {
    function test_attack_sixteen_wallets_hold_no_unit_more_than_one() public {
        for (uint160 i = 0; i < 14; ++i) {
            address wallet = address(0x1000 + i);
            vm.prank(admitter);
            registry.link(carol, wallet);
            give(wallet, MAX / 16);
        }
        give(carol, MAX / 16);
        give(carol2, MAX / 16 + MAX % 16);
        address[] memory wallets = registry.walletsOf(carol);
        for (uint256 i = 0; i < wallets.length; ++i) {
            same(token.explainMovement(Kind.Issue, address(0), wallets[i], 1), Verdict.MAX_UNITS, "full");
        }
        same(book.unitsOf(investorOf(carol)), MAX, "all together");
    }
}
