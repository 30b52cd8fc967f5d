// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Kind, Order, Vm} from "./Fixture.sol";
import {IAssetToken} from "../../contracts/interfaces/IAssetToken.sol";
import {Merkle} from "./Merkle.sol";
import {Stage} from "./Stage.sol";

/// @notice Every door through which units move.
abstract contract HandlerMoves is Stage {
    struct Batch {
        bytes32 id;
        bytes32[] rows;
        uint256 issued; // as seen in the supply
        bytes32 ended; // what the order was when it was closed or expired; 0: alive
    }

    struct Lost {
        address from;
        address to;
        uint256 i;
        uint256 k;
        bool known;
        bool waited;
        bool frozen;
    }

    Batch[] private _batches;
    mapping(bytes32 id => mapping(uint256 row => uint256 times)) private _credited;
    uint256 private _draws;

    // ------------------------------------------------------------------------------------------------- movements

    function transfer(uint256 a, uint256 b, uint256 amount) external told {
        (address from, address to) = (_who(a), _who(b));
        amount = _amountOf(from, amount);
        _do(Try(Kind.Move, from, from, to, amount), abi.encodeCall(token.transfer, (to, amount)));
    }

    function transferNothing(uint256 a, uint256 b) external told {
        (address from, address to) = (_who(a), _who(b));
        _do(Try(Kind.Move, from, from, to, 0), abi.encodeCall(token.transfer, (to, 0)));
    }

    function transferFrom(uint256 s, uint256 a, uint256 b, uint256 amount) external told {
        if (s % 3 == 0) s = 5; // who was frozen in the beginning
        Try memory t = Try(Kind.Move, _who(s), _who(a), _who(b), _amountOf(_who(a), amount));
        vm.prank(t.from);
        token.approve(t.by, t.amount - (amount % 5 == 0 && t.amount != 0 ? 1 : 0));
        bytes memory call = abi.encodeCall(token.transferFrom, (t.from, t.to, t.amount));
        if (t.by == t.from) {
            if (amount % 5 != 0) _do(t, call); // by himself he needs an allowance, which `explain` does not ask for
        } else {
            _do(t, call);
        }
    }

    /// Two rows of one sender; each alone must have been allowed after the one before.
    function batchTransfer(uint256 a, uint256 b, uint256 c, uint256 amount) external told {
        address from = _who(a);
        (address[] memory to, uint256[] memory amounts) = (new address[](2), new uint256[](2));
        (to[0], to[1]) = (_who(b), _who(c));
        (amounts[0], amounts[1]) = (_amountOf(from, amount), _amount(amount >> 32) % 50);
        Look memory before = look();
        bool stopped = token.paused() || token.halted() || token.isFrozen(from);
        if (!_call(from, address(token), abi.encodeCall(token.batchTransfer, (to, amounts)))) return;
        if (stopped && _differ(before, look())) ++broken[12];
        uint256 i = _indexOf(from);
        uint256 free = before.balances[i] > before.frozen[i] ? before.balances[i] - before.frozen[i] : 0;
        for (uint256 k = 0; k < 2; ++k) {
            if (amounts[k] != 0 && !eligible(to[k])) ++broken[10];
            if (amounts[k] > free) ++broken[5];
            if (to[k] != from) free -= amounts[k] > free ? free : amounts[k];
        }
    }

    function redeemSome(uint256 a, uint256 amount) external told {
        amount = _amountOf(_who(a), amount);
        bytes memory call = abi.encodeCall(token.redeem, (_who(a), amount, bytes32(++_draws)));
        if (_do(Try(Kind.Redeem, agent, _who(a), address(0), amount), call)) burned += amount;
    }

    function force(uint256 a, uint256 b, uint256 amount) external told {
        amount = _amountOf(_who(a), amount);
        bytes memory call =
            abi.encodeWithSignature("forcedTransfer(address,address,uint256)", _who(a), _who(b), amount);
        _do(Try(Kind.Force, agent, _who(a), _who(b), amount), call);
    }

    function burn(uint256 a, uint256 amount) external told {
        bool court = amount % 3 == 0;
        amount = _amountOf(_who(a), amount);
        bytes memory call = court
            ? abi.encodeWithSignature("burn(address,uint256,bytes32)", _who(a), amount, REF)
            : abi.encodeWithSignature("burn(address,uint256)", _who(a), amount);
        if (_do(Try(Kind.Burn, agent, _who(a), address(0), amount), call)) burned += amount;
    }

    function raw(uint256 a, uint256 amount) external told {
        for (uint256 i = 0; i <= amount % 5; ++i) {
            _raw(_who(a), within(amount >> i, 0, amount % 8 == 0 ? 4_000 : 150)); // now and then near the cap
        }
    }

    function _raw(address to, uint256 amount) internal {
        bytes memory call = abi.encodeWithSignature("mint(address,uint256)", to, amount);
        if (_do(Try(Kind.Issue, agent, address(0), to, amount), call)) minted += amount;
    }

    // -------------------------------------------------------------------------------------------------- recovery

    /// To any wallet, now and then after the delay, and sometimes to a place that is none.
    function recover(uint256 a, uint256 b, bool wait) external told {
        address[4] memory nowhere = [address(0), address(token), address(current()), token.compliance()];
        Lost memory l;
        (l.from, l.i) = (_who(a), a % PEOPLE);
        address investor = current().identity(l.from);
        if (b % 8 == 0) {
            address place = nowhere[(b >> 8) % 4];
            for (uint256 n = 0; n < 2; ++n) {
                if (_recover(l.from, place, investor) && place != address(0)) ++broken[14];
                vm.warp(block.timestamp + 1 days);
            }
            return;
        }
        (l.to, l.k) = (_who(b), b % PEOPLE);
        if (wait && _recover(l.from, l.to, investor)) vm.warp(block.timestamp + 1 days);
        address other = current().identity(l.to);
        l.known = investor != address(0) && investor == other;
        (address proposed, uint256 readyAt) = token.pendingRecovery(l.from);
        l.waited = proposed == l.to && readyAt != 0 && block.timestamp >= readyAt
            && (investor == address(0) || other == address(0) || investor == other);
        l.frozen = token.isFrozen(l.from);
        Look memory before = look();
        bool halted = token.halted();
        if (!_recover(l.from, l.to, investor)) return;
        if (halted) ++broken[12];
        _checkRecovery(l, before);
    }

    function _recover(address lost, address to, address investor) private returns (bool) {
        bytes memory call =
            abi.encodeWithSignature("recoveryAddress(address,address,address,bytes32)", lost, to, investor, REF);
        return _call(recoverer, address(token), call);
    }

    function _checkRecovery(Lost memory l, Look memory before) private {
        Look memory now_ = look();
        bool did = !_differ(before, now_)
            || (now_.balances[l.i] == 0 && now_.frozen[l.i] == 0
                && now_.balances[l.k] == before.balances[l.i] + before.balances[l.k]
                && now_.frozen[l.k] == before.frozen[l.i] + before.frozen[l.k]);
        if (!did || now_.supply != before.supply) ++broken[13];
        if (!_differ(before, now_)) return; // only proposed, or nothing was there
        if (!l.known && !l.waited) ++broken[13];
        if (l.frozen && !token.isFrozen(l.to)) ++broken[13];
    }

    function cancelRecovery(uint256 a) external told {
        _call(_who(a), address(token), abi.encodeCall(token.cancelRecovery, (_who(a), REF)));
    }

    // ---------------------------------------------------------------------------------------------------- orders

    function open(uint256 seed, uint256 n) external told {
        bytes32 id = bytes32(++_draws);
        uint256 rows = within(n, 1, 7);
        _batches.push();
        Batch storage b = _batches[_batches.length - 1];
        b.id = id;
        uint128 total = 1;
        for (uint256 i = 0; i < rows; ++i) {
            uint96 amount = uint96(uint256(keccak256(abi.encode(seed, i))) % 60);
            b.rows.push(Merkle.row(_who(seed >> (8 * i)), amount));
            total += amount;
        }
        if (seed % 4 == 0) total = total / 2 + 1; // approved for less than its rows
        _open(b, total, uint40(block.timestamp + within(seed, 1, 4) * 12 hours));
    }

    /// An order of the past, opened again as it was.
    function reopen(uint256 which) external told {
        if (_batches.length == 0) return;
        _open(_batches[which % _batches.length], 1_000, uint40(block.timestamp + 60 days));
    }

    function _open(Batch storage b, uint128 total, uint40 deadline) private {
        (, uint256 rowCount,,,,, bool closed) = token.orderOf(b.id);
        bool known = rowCount != 0 || closed;
        bytes32 root = Merkle.root(Merkle.leaves(b.id, b.rows, 2));
        Order memory order = Order(b.id, root, "file", uint32(b.rows.length), total, deadline);
        if (_call(approver, address(token), abi.encodeCall(token.openOrder, (order))) && known) ++broken[18];
    }

    function issueChunks(uint256 which, uint256 at_, bool strict) external told {
        if (_batches.length == 0) return;
        Batch storage b = _batches[which % 2 == 0 ? which % _batches.length : _batches.length - 1];
        if (which % 4 == 1) vm.warp(block.timestamp + 3 days); // too late for every order
        _endOrders();
        for (uint256 i = 0; i <= at_ % 3; ++i) {
            _issueChunk(b, at_, !strict);
        }
    }

    function _issueChunk(Batch storage b, uint256 at_, bool skip) private {
        bytes32[] memory leaves = Merkle.leaves(b.id, b.rows, 2);
        (,, uint256 next,,,,) = token.orderOf(b.id);
        uint256 chunk = at_ % 4 == 0 ? at_ % leaves.length : next / 2; // now and then any chunk
        if (chunk >= leaves.length) chunk = 0;
        bytes memory call = abi.encodeCall(
            token.issue, (b.id, chunk * 2, Merkle.chunk(b.rows, 2, chunk), Merkle.proof(leaves, chunk), skip)
        );
        Look memory before = look();
        bool halted = token.halted();
        (bool ok, Vm.Log[] memory logs) = _logged(agent, address(token), call);
        if (!ok) return;
        if (halted) ++broken[12];
        uint256 amount = token.totalSupply() - before.supply;
        b.issued += amount;
        minted += amount;
        _drew(amount);
        _checkRows(b, chunk, before, logs);
    }

    /// Each row at most once, with exactly its amount, or skipped with an event.
    function _checkRows(Batch storage b, uint256 chunk, Look memory wanted, Vm.Log[] memory logs) private {
        for (uint256 row = chunk * 2; row < chunk * 2 + 2 && row < b.rows.length; ++row) {
            if (++_credited[b.id][row] > 1) ++broken[17];
            if (_skipped(logs, row)) continue;
            address to = address(bytes20(b.rows[row]));
            if (!eligible(to)) ++broken[10];
            wanted.balances[_indexOf(to)] += uint96(uint256(b.rows[row]));
            wanted.supply += uint96(uint256(b.rows[row]));
        }
        if (_differ(wanted, look())) ++broken[17];
    }

    function _skipped(Vm.Log[] memory logs, uint256 row) private pure returns (bool) {
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IAssetToken.RowSkipped.selector && uint256(logs[i].topics[2]) == row) return true;
        }
        return false;
    }

    function close(uint256 which) external told {
        if (_batches.length == 0 || which % 4 != 0) return;
        _call(approver, address(token), abi.encodeCall(token.closeOrder, (_batches[which % _batches.length].id)));
        _endOrders();
    }

    function later(uint256 time) external told {
        vm.warp(block.timestamp + (time % 4 == 0 ? within(time, 1, 400 days) : within(time, 1, 2 days)));
        _endOrders();
    }

    /// Keeps what each closed or expired order was when it ended.
    function _endOrders() private {
        for (uint256 i = 0; i < _batches.length; ++i) {
            Batch storage b = _batches[i];
            (,,,,, uint256 deadline, bool closed) = token.orderOf(b.id);
            if (b.ended == 0 && (closed || block.timestamp > deadline)) b.ended = orderHash(b.id);
        }
    }

    function orderHash(bytes32 id) public view returns (bytes32) {
        (bytes32 root, uint256 rows, uint256 next, uint256 total, uint256 issued, uint256 deadline,) = token.orderOf(id);
        return keccak256(abi.encode(root, rows, next, total, issued, deadline));
    }

    function batches() external view returns (uint256) {
        return _batches.length;
    }

    function batch(uint256 i) external view returns (Batch memory) {
        return _batches[i];
    }
}
