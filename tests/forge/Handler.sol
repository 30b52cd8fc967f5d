// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Kind, Order, RuleBookFixture} from "./Fixture.sol";
import {Merkle} from "./Merkle.sol";

/// @notice Eight wallets and everybody with a power, doing whatever they are told; it notes what must never happen.
contract Handler is RuleBookFixture {
    struct Batch {
        bytes32 id;
        bytes32[] rows;
        uint256 issued; // as seen in the supply
    }

    address[] public people;
    Batch[] private _batches;
    uint256 public issued;
    uint256 public ended;
    uint256 public lies; // a verdict that was not what the door did
    uint256 public overdrawn; // more than the free units left without force
    uint256 public movedInHalt;
    uint256 public limited;
    uint256 private _draws;

    constructor() {
        setUp();
        address[4] memory more = [actor("dave"), actor("erin"), actor("frank"), stranger];
        people = [alice, bob, carol, carol2, venue, more[0], more[1], more[2]];
        for (uint256 i = 0; i < 2; ++i) {
            admit(registry, more[i], RETAIL, HK);
        }
        raw(0, 900);
        raw(2, 400);
        raw(4, 800);
        raw(5, 500);
    }

    // --------------------------------------------------------------------------------------------- movements

    function transfer(uint256 a, uint256 b, uint256 amount) external {
        (address from, address to) = (_who(a), _who(b));
        _do(Kind.Move, from, from, to, _amount(amount), abi.encodeCall(token.transfer, (to, _amount(amount))));
    }

    function transferFrom(uint256 s, uint256 a, uint256 b, uint256 amount) external {
        (address spender, address from, address to) = (_who(s), _who(a), _who(b));
        vm.prank(from);
        token.approve(spender, _amount(amount));
        _do(Kind.Move, spender, from, to, _amount(amount), abi.encodeCall(token.transferFrom, (from, to, _amount(amount))));
    }

    function redeemSome(uint256 a, uint256 amount) external {
        bytes memory call = abi.encodeCall(token.redeem, (_who(a), _amount(amount), bytes32(++_draws)));
        if (_do(Kind.Redeem, agent, _who(a), address(0), _amount(amount), call)) ended += _amount(amount);
    }

    function force(uint256 a, uint256 b, uint256 amount) external {
        bytes memory call = abi.encodeWithSignature(
            "forcedTransfer(address,address,uint256)", _who(a), _who(b), _amount(amount)
        );
        _do(Kind.Force, agent, _who(a), _who(b), _amount(amount), call);
    }

    function burn(uint256 a, uint256 amount) external {
        bytes memory call = abi.encodeWithSignature("burn(address,uint256)", _who(a), _amount(amount));
        if (_do(Kind.Burn, agent, _who(a), address(0), _amount(amount), call)) ended += _amount(amount);
    }

    function raw(uint256 a, uint256 amount) public {
        bytes memory call = abi.encodeWithSignature("mint(address,uint256)", _who(a), _amount(amount));
        if (_do(Kind.Issue, agent, address(0), _who(a), _amount(amount), call)) issued += _amount(amount);
    }

    /// Goes through a door, and notes whether the verdict lied, a freeze was passed or a halt ignored.
    function _do(Kind kind, address by, address from, address to, uint256 amount, bytes memory call)
        private
        returns (bool ok)
    {
        uint256 verdict = kind == Kind.Move && by != from
            ? token.explainFrom(by, from, to, amount)
            : token.explainMovement(kind, from, to, amount);
        uint256 frozen = token.getFrozenTokens(from);
        uint256 balance = token.balanceOf(from);
        vm.prank(by);
        (ok,) = address(token).call(call);
        // `transferFrom` by oneself asks for the allowance, which was just given in full
        if (ok != (verdict == 0)) ++lies;
        if (ok && token.halted()) ++movedInHalt;
        bool forced = kind == Kind.Force || kind == Kind.Burn || kind == Kind.Issue;
        if (ok && !forced && amount != 0 && amount + frozen > balance) ++overdrawn;
    }

    // ------------------------------------------------------------------------------------------------ orders

    function open(uint256 seed, uint256 n) external {
        bytes32 id = bytes32(++_draws);
        uint256 rows = within(n, 1, 7);
        _batches.push();
        Batch storage b = _batches[_batches.length - 1];
        b.id = id;
        uint128 total;
        for (uint256 i = 0; i < rows; ++i) {
            uint96 amount = uint96(uint256(keccak256(abi.encode(seed, i))) % 60);
            b.rows.push(Merkle.row(_who(seed >> (8 * i)), amount));
            total += amount;
        }
        if (total == 0) total = 1;
        vm.prank(approver);
        token.openOrder(
            Order(id, Merkle.root(Merkle.leaves(id, b.rows, 2)), "file", uint32(rows), total, uint40(block.timestamp + 60 days))
        );
    }

    function issueChunk(uint256 which, uint256 at, bool skip) external {
        if (_batches.length == 0) return;
        Batch storage b = _batches[which % _batches.length];
        bytes32[] memory leaves = Merkle.leaves(b.id, b.rows, 2);
        (,, uint256 next,,,,) = token.orderOf(b.id);
        uint256 chunk = at % 4 == 0 ? at % leaves.length : next / 2; // now and then any chunk
        if (chunk >= leaves.length) chunk = 0;
        uint256 supply = token.totalSupply();
        vm.prank(agent);
        try token.issue(b.id, chunk * 2, Merkle.chunk(b.rows, 2, chunk), Merkle.proof(leaves, chunk), skip) {
            if (chunk * 2 != next) ++lies;
            b.issued += token.totalSupply() - supply;
            issued += token.totalSupply() - supply;
        } catch {}
    }

    function close(uint256 which) external {
        if (_batches.length == 0 || which % 4 != 0) return;
        vm.prank(approver);
        token.closeOrder(_batches[which % _batches.length].id);
    }

    function batches() external view returns (uint256) {
        return _batches.length;
    }

    function batch(uint256 i) external view returns (bytes32 id, bytes32[] memory rows, uint256 seen) {
        return (_batches[i].id, _batches[i].rows, _batches[i].issued);
    }

    // --------------------------------------------------------------------------------------- acts and identities

    function freezeAccount(uint256 a, bool on) external {
        vm.prank(agent);
        token.setAddressFrozen(_who(a), on);
    }

    function freezeSome(uint256 a, uint256 amount) external {
        freezeAmount(_who(a), _amount(amount));
    }

    function pauseOrHalt(uint256 which) external {
        vm.startPrank(agent);
        if (which % 3 == 0) token.pause();
        else if (which % 3 == 1) token.unpause();
        else if (which % 5 == 0) token.halt(REF);
        vm.stopPrank();
    }

    function resume() external {
        vm.prank(issuer);
        token.unhalt(REF);
    }

    function standing(uint256 a, uint256 seed) external {
        vm.prank(admitter);
        registry.setStanding(_who(a), seed % 2 == 0 ? HK : US, uint8(seed >> 8) % 5, _until(seed >> 16), "file");
    }

    function renew(uint256 a, uint256 seed) external {
        vm.prank(admitter);
        registry.renew(_who(a), _until(seed), "file");
    }

    function denySome(uint256 a, bool on) external {
        vm.prank(admitter);
        registry.deny(_who(a), on, REF);
    }

    function takeOff(uint256 a) external {
        vm.prank(admitter);
        registry.remove(_who(a));
    }

    function link(uint256 a, uint256 b) external {
        vm.prank(admitter);
        registry.link(_who(a), _who(b));
    }

    function admitSome(uint256 a, uint256 b) external {
        admitAs(registry, _who(a), investorOf(_who(b)), RETAIL, HK);
    }

    function lists(uint256 which) external {
        uint16[] memory list = new uint16[](1);
        list[0] = which & 64 == 0 ? HK : US;
        vm.prank(which & 1 == 0 ? issuer : agent);
        if (which % 3 == 0) token.allowCountries(list, which & 1 == 0);
        else if (which % 3 == 1) token.setCountryList(which & 1 != 0);
        else token.setClasses(which & 1 == 0 ? 0 : uint16(which >> 8));
    }

    function maxUnits(uint256 max) external {
        vm.prank(issuer);
        book.setMaxUnits(uint128(within(max, 500, 2_000)));
        vm.prank(agent);
        book.setMaxUnits(uint128(within(max, 500, 2_000)));
    }

    /// Sets one of the further rules, tighter or looser.
    function limits(uint256 which, uint256 limit) external {
        bytes memory call;
        uint128 small = uint128(limit % 60);
        if (which % 7 == 0) call = abi.encodeCall(book.setMinimumHolding, (small));
        else if (which % 7 == 1) call = abi.encodeCall(book.setMaxHolders, (uint32(limit % 7)));
        else if (which % 7 == 2) call = abi.encodeCall(book.setMaxHoldersIn, (HK, uint32(limit % 5)));
        else if (which % 7 == 3) call = abi.encodeCall(book.setMaxHoldersIn, (US, uint32(limit % 3)));
        else if (which % 7 == 4) call = abi.encodeCall(book.setVelocity, (small * 10, small == 0 ? 0 : 1 days));
        else if (which % 7 == 5) call = abi.encodeCall(book.setHoldingPeriod, (uint32(limit % 2 days)));
        else call = abi.encodeCall(book.setDenomination, (uint128(limit % 4)));
        vm.prank(which & 64 == 0 ? issuer : agent);
        (bool ok,) = address(book).call(call);
        if (ok) ++limited;
    }

    /// Starts a preset and goes a part of the way; with other acts in between.
    function preset(uint256 from, uint256 n, bool anew) external {
        vm.startPrank(agent);
        if (!token.halted()) token.halt(REF);
        if (anew) book.startPreset();
        address[] memory all = _sorted();
        uint256 first = from % all.length;
        uint256 length = within(n, 0, all.length - first);
        address[] memory part = new address[](length);
        for (uint256 i = 0; i < length; ++i) {
            part[i] = all[first + i];
        }
        book.preset(part);
        vm.stopPrank();
    }

    function later(uint256 time) external {
        vm.warp(block.timestamp + within(time, 1, 40 days));
    }

    // -------------------------------------------------------------------------------------------------- helpers

    function at() external view returns (address, address, address) {
        return (address(token), address(registry), address(book));
    }

    function _who(uint256 n) private view returns (address) {
        return people[n % people.length];
    }

    function _amount(uint256 n) private pure returns (uint256) {
        return within(n, 0, 600);
    }

    function _until(uint256 n) private view returns (uint40) {
        return uint40(block.timestamp + n % 400 days);
    }

    function _sorted() private view returns (address[] memory list) {
        list = people;
        for (uint256 i = 1; i < list.length; ++i) {
            for (uint256 k = i; k > 0 && list[k - 1] > list[k]; --k) {
                (list[k - 1], list[k]) = (list[k], list[k - 1]);
            }
        }
    }
}
