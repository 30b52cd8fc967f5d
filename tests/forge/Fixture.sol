// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {AssetFactory} from "../../contracts/AssetFactory.sol";
import {AssetToken} from "../../contracts/AssetToken.sol";
import {AssetTokenControl} from "../../contracts/AssetTokenControl.sol";
import {IdentityRegistry} from "../../contracts/IdentityRegistry.sol";
import {Lens} from "../../contracts/Lens.sol";
import {RuleBook} from "../../contracts/RuleBook.sol";
import {IAssetToken} from "../../contracts/interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../../contracts/interfaces/IAssetTokenControl.sol";
import {IERC1643} from "../../contracts/interfaces/IERC1643.sol";
import {IERC7943Fungible} from "../../contracts/interfaces/IERC7943.sol";
import {IIdentityRegistry} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IPowers} from "../../contracts/interfaces/IPowers.sol";
import {IRuleBook} from "../../contracts/interfaces/IRuleBook.sol";
import {AgentGrant, Kind, Mode, Order, Standing, TokenTerms} from "../../contracts/interfaces/Types.sol";
import {Power} from "../../contracts/token/Power.sol";
import {Verdict} from "../../contracts/token/Verdict.sol";
import {TestBase, Vm} from "./TestBase.sol";

/// @notice Both halves of a tranche, as they answer at one address.
interface IToken is
    IAssetToken,
    IAssetTokenControl,
    IERC20Metadata,
    IERC20Permit,
    IERC165,
    IERC1643,
    IERC7943Fungible,
    IPowers
{
    function control() external view returns (address);
}

/// @notice An issuer's whole set of contracts, made through the factory, and people to use it.
abstract contract Fixture is TestBase {
    uint8 internal constant RETAIL = 1;
    uint8 internal constant PROFESSIONAL = 2;
    uint8 internal constant VENUE = 4;
    uint16 internal constant HK = 344;
    uint16 internal constant CH = 756;
    uint16 internal constant US = 840;
    uint40 internal constant START = 1_750_000_000;
    uint40 internal constant VALID = START + 365 days;
    uint40 internal constant DELAY = 1 days;
    uint128 internal constant CAP = 1_000_000e6;
    uint256 internal constant AGENT_POWERS = Power.ALL & ~Power.ADMIT & ~Power.RECOVER;
    uint256 internal constant APPROVER_KEY = 0xA11CE;
    bytes32 internal constant REF = "court order 7";
    bytes32 internal constant TRANSFER = keccak256("Transfer(address,address,uint256)");

    address internal immutable issuer = actor("issuer");
    address internal immutable agent = actor("agent");
    address internal immutable admitter = actor("admitter");
    address internal immutable approver = vm.addr(APPROVER_KEY);
    address internal immutable alice = actor("alice");
    address internal immutable bob = actor("bob");
    address internal immutable carol = actor("carol");
    address internal immutable carol2 = actor("carol2");
    address internal immutable venue = actor("venue");
    address internal immutable stranger = actor("stranger");

    AssetFactory internal factory;
    IIdentityRegistry internal registry;
    IToken internal token;
    IRuleBook internal book; // zero without a counting rule
    Lens internal lens;
    uint256 private _papers;

    function setUp() public virtual {
        vm.warp(START);
        AssetTokenControl control = new AssetTokenControl();
        factory = new AssetFactory(address(new AssetToken(address(control))), address(new RuleBook()));
        lens = new Lens();
        registry = newRegistry();
        admitAll(registry);
        (token, book) = newToken(terms(), 0);
        bind(registry, token);
    }

    // -------------------------------------------------------------------------------------------- making things

    function terms() internal view virtual returns (TokenTerms memory t) {
        t.name = "Harbour Money Market A";
        t.symbol = "HMMA";
        t.decimals = 6;
        t.cap = CAP;
        t.owner = issuer;
        t.identityRegistry = address(registry);
        t.slotDelay = DELAY;
        t.agents = new AgentGrant[](2);
        t.agents[0] = AgentGrant(agent, AGENT_POWERS);
        t.agents[1] = AgentGrant(approver, Power.APPROVE);
    }

    function newRegistry() internal returns (IIdentityRegistry) {
        AgentGrant[] memory agents = new AgentGrant[](1);
        agents[0] = AgentGrant(admitter, Power.ADMIT);
        vm.prank(issuer);
        return new IdentityRegistry(issuer, agents);
    }

    function newToken(TokenTerms memory t, bytes32 salt) internal returns (IToken made, IRuleBook rules) {
        vm.prank(issuer);
        (address at, address rulesAt) = factory.createToken(t, salt);
        return (IToken(at), IRuleBook(rulesAt));
    }

    function bind(IIdentityRegistry to, IToken what) internal {
        vm.startPrank(issuer);
        to.trustCode(address(what).codehash, true);
        to.bindToken(address(what));
        vm.stopPrank();
    }

    function admitAll(IIdentityRegistry to) internal {
        admit(to, alice, RETAIL, HK);
        admit(to, bob, PROFESSIONAL, CH);
        admit(to, carol, RETAIL, US);
        admit(to, venue, VENUE, HK);
        vm.prank(admitter);
        to.link(carol, carol2);
    }

    function admit(IIdentityRegistry to, address wallet, uint8 class, uint16 country) internal {
        admitAs(to, wallet, investorOf(wallet), class, country);
    }

    function admitAs(IIdentityRegistry to, address wallet, address investor, uint8 class, uint16 country) internal {
        IIdentityRegistry.Admission[] memory a = new IIdentityRegistry.Admission[](1);
        a[0] = IIdentityRegistry.Admission(wallet, investor, country, class, VALID);
        vm.prank(admitter);
        to.admit(a, "file");
    }

    /// The investor id a wallet is admitted under here.
    function investorOf(address wallet) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("investor", wallet)))));
    }

    // ------------------------------------------------------------------------------------------------ short acts

    function give(address to, uint256 amount) internal {
        vm.prank(agent);
        token.mint(to, amount);
    }

    function move(address from, address to, uint256 amount) internal {
        vm.prank(from);
        token.transfer(to, amount);
    }

    function redeem(address from, uint256 amount) internal {
        bytes32 ref = keccak256(abi.encode("paper", ++_papers));
        vm.prank(agent);
        token.redeem(from, amount, ref);
    }

    function halt() internal {
        vm.prank(agent);
        token.halt(REF);
    }

    function expire(address wallet) internal {
        vm.prank(admitter);
        registry.revoke(wallet, REF);
    }

    function deny(address wallet) internal {
        vm.prank(admitter);
        registry.deny(wallet, true, REF);
    }

    function freeze(address wallet) internal {
        vm.prank(agent);
        token.setAddressFrozen(wallet, true, REF);
    }

    function freezeAmount(address wallet, uint256 amount) internal {
        vm.prank(agent);
        token.setFrozenTokens(wallet, amount);
    }

    // ------------------------------------------------------------------------------------------------ expectations

    function expectRefused(address from, address to, uint256 amount, uint256 verdict) internal {
        same(token.explain(from, to, amount), verdict, "verdict");
        vm.expectRevert();
        move(from, to, amount);
    }

    function expectPowerMissing(address who, uint256 power) internal {
        vm.expectRevert(abi.encodeWithSelector(IPowers.PowerMissing.selector, who, power));
    }

    function expectNotOwner(address who) internal {
        vm.expectRevert(abi.encodeWithSelector(IPowers.OwnableUnauthorizedAccount.selector, who));
    }
}

/// @notice The same with a rule book: one investor may hold `MAX` over all his wallets.
abstract contract RuleBookFixture is Fixture {
    uint128 internal constant MAX = 1_000;

    function terms() internal view virtual override returns (TokenTerms memory t) {
        t = super.terms();
        t.maxUnitsPerInvestor = MAX;
    }

    /// Halts, counts these wallets in ascending order and ends the halt.
    function presetAll() internal {
        halt();
        vm.prank(agent);
        book.preset(sorted());
        vm.prank(issuer);
        token.unhalt(REF);
    }

    function sorted() internal view returns (address[] memory list) {
        list = new address[](5);
        (list[0], list[1], list[2], list[3], list[4]) = (alice, bob, carol, carol2, venue);
        for (uint256 i = 1; i < list.length; ++i) {
            for (uint256 k = i; k > 0 && list[k - 1] > list[k]; --k) {
                (list[k - 1], list[k]) = (list[k], list[k - 1]);
            }
        }
    }
}
