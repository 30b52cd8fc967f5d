// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Oracle} from "./Contracts.sol";
import {Kind, Mode, RuleBookFixture, Verdict} from "./Fixture.sol";

/// @notice The movement table of contracts/README.md, walked cell by cell: one state, every kind of movement, exactly the
///         bit the cell promises, and the door does what the verdict says. A test holds the README to the `_row` lines.
contract TableTest is RuleBookFixture {
    error Opened();

    uint256 private constant AMOUNT = 10;

    function setUp() public override {
        super.setUp();
        give(alice, 100);
    }

    // columns: Issue, Move, Redeem, Force, Burn, Recover

    function test_row_halt() public {
        halt();
        _row("halt", "xxxxxx", Verdict.HALTED);
    }

    function test_row_pause() public {
        vm.prank(agent);
        token.pause();
        _row("pause", "-x----", Verdict.PAUSED);
    }

    function test_row_from_frozen() public {
        freeze(alice);
        _row("from frozen", "-xx---", Verdict.FROM_FROZEN);
    }

    function test_row_from_denied() public {
        deny(alice);
        _row("from denied", "-xx---", Verdict.FROM_DENIED);
    }

    function test_row_partial_freeze() public {
        freezeAmount(alice, 91);
        _row("partial freeze", "-xx---", Verdict.FROZEN_AMOUNT);
    }

    function test_row_from_unregistered() public {
        vm.prank(admitter);
        registry.remove(alice);
        _row("from not registered", "-x----", Verdict.FROM_IDENTITY);
    }

    function test_row_from_expired() public {
        expire(alice);
        _row("from expired", "-x----", Verdict.FROM_EXPIRED);
    }

    function test_row_from_country() public {
        _listOnly(CH);
        _row("from country", "-x----", Verdict.FROM_COUNTRY);
    }

    function test_row_from_class() public {
        vm.prank(agent);
        token.setClasses(uint16(1 << PROFESSIONAL));
        _row("from class", "-x----", Verdict.FROM_CLASS);
    }

    function test_row_to_frozen() public {
        freeze(bob);
        _row("to frozen", "xx-x-x", Verdict.TO_FROZEN);
    }

    function test_row_to_denied() public {
        deny(bob);
        _row("to denied", "xx-x-x", Verdict.TO_DENIED);
    }

    function test_row_to_unregistered() public {
        vm.prank(admitter);
        registry.remove(bob);
        _row("to not registered", "xx-x--", Verdict.TO_IDENTITY);
    }

    function test_row_to_expired() public {
        expire(bob);
        _row("to expired", "xx-x--", Verdict.TO_EXPIRED);
    }

    function test_row_to_country() public {
        _listOnly(HK);
        _row("to country", "xx-x--", Verdict.TO_COUNTRY);
    }

    function test_row_to_class() public {
        vm.prank(agent);
        token.setClasses(uint16(1 << RETAIL));
        _row("to class", "xx-x--", Verdict.TO_CLASS);
    }

    function test_row_lockUp() public {
        vm.prank(agent);
        token.setLockUp(START + 1);
        _row("lock-up", "-x----", Verdict.LOCK_UP);
    }

    function test_row_mode() public {
        vm.prank(agent);
        token.setMode(Mode.PrimaryOnly);
        _row("mode", "-x----", Verdict.MODE);
    }

    function test_row_role_matrix() public {
        vm.prank(agent);
        token.setMode(Mode.RoleMatrix);
        _row("role matrix", "-x----", Verdict.MODE);
    }

    function test_row_cap() public {
        vm.prank(agent);
        token.setCap(109);
        _row("cap", "x-----", Verdict.CAP);
    }

    function test_row_max_units() public {
        vm.prank(agent);
        book.setMaxUnits(9);
        _row("units per investor", "xx----", Verdict.MAX_UNITS);
    }

    function test_row_denomination() public {
        vm.prank(agent);
        book.setDenomination(7);
        _row("denomination", "xxx---", Verdict.DENOMINATION);
    }

    function test_row_minimum_holding() public {
        vm.prank(agent);
        book.setMinimumHolding(95);
        _row("minimum holding", "xxx---", Verdict.MINIMUM_HOLDING);
    }

    function test_row_holders() public {
        vm.prank(agent);
        book.setMaxHolders(1);
        _row("holders", "xx----", Verdict.HOLDERS);
    }

    function test_row_holders_in_country() public {
        admit(registry, stranger, RETAIL, CH);
        give(stranger, 1);
        vm.prank(agent);
        book.setMaxHoldersIn(CH, 1);
        _row("holders in a country", "xx----", Verdict.HOLDERS_COUNTRY);
    }

    function test_row_velocity() public {
        vm.prank(agent);
        book.setVelocity(9, 1 days);
        _row("velocity", "-x----", Verdict.VELOCITY);
    }

    function test_row_holding_period() public {
        vm.prank(agent);
        book.setHoldingPeriod(1 days);
        _row("holding period", "-x----", Verdict.HOLDING_PERIOD);
    }

    function test_row_sanctions() public {
        Oracle oracle = new Oracle();
        oracle.list(bob, true);
        vm.prank(agent);
        book.setSanctionsOracle(address(oracle));
        _row("sanctions", "xx----", Verdict.SANCTIONS);
    }

    function test_row_rule_book_not_armed() public {
        halt();
        vm.prank(agent);
        book.startPreset();
        vm.prank(issuer);
        token.unhalt(REF);
        _row("rule book not armed", "xx----", Verdict.COMPLIANCE);
    }

    function test_row_balance() public {
        vm.prank(agent);
        token.burn(alice, 91);
        _row("balance", "-xxxxx", Verdict.BALANCE);
    }

    function _row(string memory check, bytes memory cells, uint256 bit) private {
        for (uint8 k = 0; k <= uint8(type(Kind).max); ++k) {
            Kind kind = Kind(k);
            uint256 verdict = token.explainMovement(kind, alice, bob, AMOUNT);
            same(verdict, cells[k] == "x" ? bit : 0, check);
            if (kind == Kind.Recover) continue; // its door moves everything between wallets of one investor: Recovery.t.sol
            try this.through(kind) {}
            catch (bytes memory answer) {
                same(keccak256(answer) == keccak256(abi.encodeWithSelector(Opened.selector)), verdict == 0, check);
            }
        }
    }

    /// Goes through the door and takes it back when it opened, so that the next door finds the same state.
    function through(Kind kind) external {
        if (kind == Kind.Issue) give(bob, AMOUNT);
        if (kind == Kind.Move) move(alice, bob, AMOUNT);
        if (kind == Kind.Redeem) redeem(alice, AMOUNT);
        if (kind == Kind.Force || kind == Kind.Burn) {
            vm.prank(agent);
            if (kind == Kind.Force) token.forcedTransfer(alice, bob, AMOUNT);
            else token.burn(alice, AMOUNT);
        }
        revert Opened();
    }

    function _listOnly(uint16 country) private {
        uint16[] memory list = new uint16[](1);
        list[0] = country;
        vm.prank(issuer);
        token.allowCountries(list, true);
        vm.prank(agent);
        token.setCountryList(true);
    }
}
