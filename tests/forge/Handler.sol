// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Hostile} from "./Contracts.sol";
import {IPowers, Mode, Power} from "./Fixture.sol";
import {HandlerMoves} from "./HandlerMoves.sol";

/// @notice Every other door: acts of authority, identities, terms and rules, slots, powers; by those who may and by those
///         who may not.
contract Handler is HandlerMoves {
    address public chief; // who must be the token's owner
    address public heir; // whom he proposed
    mapping(address account => uint256 powers) public mandate; // what the owner granted
    mapping(address investor => bool ever) public wasShared; // two first wallets carried this id at one time
    uint16[3] private _countries = [HK, CH, US];

    constructor() {
        chief = issuer;
        mandate[agent] = AGENT_POWERS & ~Power.RAISE;
        (mandate[approver], mandate[recoverer], mandate[raiser]) = (Power.APPROVE, Power.RECOVER, Power.RAISE);
    }

    function doors() external pure returns (bytes4[] memory d) {
        d = new bytes4[](30);
        (d[0], d[1], d[2]) = (this.transfer.selector, this.transferNothing.selector, this.transferFrom.selector);
        (d[3], d[4], d[5]) = (this.batchTransfer.selector, this.redeemSome.selector, this.force.selector);
        (d[6], d[7], d[8]) = (this.burn.selector, this.raw.selector, this.recover.selector);
        (d[9], d[10], d[11]) = (this.cancelRecovery.selector, this.open.selector, this.reopen.selector);
        (d[12], d[13], d[14]) = (this.issueChunks.selector, this.close.selector, this.later.selector);
        (d[15], d[16], d[17]) = (this.freezeAccount.selector, this.freezeSome.selector, this.pauseOrHalt.selector);
        (d[18], d[19], d[20]) = (this.resume.selector, this.standing.selector, this.membership.selector);
        (d[21], d[22], d[23]) = (this.lists.selector, this.limits.selector, this.preset.selector);
        (d[24], d[25], d[26]) = (this.window.selector, this.swapRegistry.selector, this.swapCompliance.selector);
        (d[27], d[28], d[29]) = (this.grab.selector, this.govern.selector, this.renew.selector);
    }

    // --------------------------------------------------------------------------------------------- acts of authority

    function freezeAccount(uint256 a, bool on) external told {
        _call(agent, address(token), abi.encodeWithSignature("setAddressFrozen(address,bool)", _who(a), on));
    }

    function freezeSome(uint256 a, uint256 amount) external told {
        freezeAmount(_who(a), amount % 3 == 0 ? 0 : _amount(amount));
    }

    function pauseOrHalt(uint256 which) external told {
        if (which % 3 == 0) _call(agent, address(token), abi.encodeWithSignature("pause()"));
        else if (which % 9 == 1) _call(agent, address(token), abi.encodeCall(token.halt, (REF)));
        else _call(agent, address(token), abi.encodeWithSignature("unpause()"));
    }

    function resume() external told {
        _call(chief, address(token), abi.encodeCall(token.unhalt, (REF)));
    }

    // ----------------------------------------------------------------------------------------------------- identities

    function standing(uint256 a, uint256 seed) external told {
        bytes memory call = abi.encodeCall(
            registry.setStanding, (_who(a), _countries[seed % 3], uint8(seed >> 8) % 5, _until(seed >> 16), "file")
        );
        _call(admitter, address(current()), call);
    }

    function renew(uint256 a, uint256 seed) external told {
        _call(admitter, address(current()), abi.encodeCall(registry.renew, (_who(a), _until(seed), "file")));
    }

    /// Comes, goes, is linked, denied, or becomes somebody else.
    function membership(uint256 a, uint256 b, uint256 which) external told {
        address to = which % 32 == 0 ? address(registry) : address(current()); // a former registry speaks on
        if (which % 6 == 0) _call(admitter, to, abi.encodeCall(registry.deny, (_who(a), b % 3 == 0, REF)));
        else if (which % 6 == 1) _call(admitter, to, abi.encodeCall(registry.remove, (_who(a))));
        else if (which % 6 == 2) _call(admitter, to, abi.encodeCall(registry.link, (_who(a), _who(b))));
        else if (which % 6 == 3) {
            address investor = investorOf(_who(b));
            _call(admitter, to, abi.encodeCall(registry.updateIdentity, (_who(a), investor)));
        } else {
            vm.startPrank(admitter);
            try current().registerIdentity(_who(a), investorOf(_who(a)), HK) {
                current().setStanding(_who(a), HK, RETAIL, _until(b), "file");
            } catch {}
            vm.stopPrank();
        }
        _noteShared(_who(a));
    }

    function _noteShared(address who) private {
        address investor = current().identity(who);
        if (investor == address(0)) return;
        address first = current().walletsOf(who)[0];
        for (uint256 i = 0; i < PEOPLE; ++i) {
            if (current().identity(people[i]) != investor) continue;
            if (current().walletsOf(people[i])[0] != first) wasShared[investor] = true;
        }
    }

    // -------------------------------------------------------------------------------------------------- terms and rules

    function lists(uint256 which) external told {
        uint16[] memory list = new uint16[](1);
        list[0] = _countries[(which >> 8) % 3];
        bytes memory call;
        if (which % 7 == 0) call = abi.encodeCall(token.allowCountries, (list, which & 64 == 0));
        else if (which % 7 == 1) call = abi.encodeCall(token.setCountryList, (which & 64 != 0));
        else if (which % 7 == 2) call = abi.encodeCall(token.setClasses, (which & 64 == 0 ? 0 : uint16(which >> 8 & 31)));
        else if (which % 7 == 3) call = abi.encodeCall(token.setMode, (which & 64 == 0 ? Mode.Open : Mode((which >> 8) % 4)));
        else if (which % 7 == 4) call = abi.encodeCall(token.setLockUp, (uint40(block.timestamp + (which >> 8) % 1 days)));
        else if (which % 7 == 5) call = abi.encodeCall(token.setRoleMatrix, (uint16(which >> 8)));
        else return _tighten(which);
        _call(agent, address(token), call);
        _call(chief, address(token), call);
    }

    /// A cap close to the supply, and somebody who mints up to it and over it.
    function _tighten(uint256 which) private {
        uint256 cap = token.cap();
        bytes memory call = abi.encodeCall(token.setCap, (uint128(token.totalSupply() + which % 50)));
        _call(agent, address(token), call);
        if (token.cap() > cap) ++broken[19]; // an agent alone raised it
        _call(chief, address(token), call);
        for (uint256 i = 0; i < PEOPLE && token.totalSupply() <= token.cap(); ++i) {
            _raw(people[i], (which >> i) % 60); // over the cap no view would answer, so it ends there
        }
        if (token.totalSupply() > token.cap()) ++broken[2];
        _call(chief, address(token), abi.encodeCall(token.setCap, (SMALL_CAP)));
    }

    function limits(uint256 which, uint256 limit) external told {
        bytes memory call;
        uint128 small = uint128(limit % 60);
        if (which % 8 == 0) call = abi.encodeCall(book.setMinimumHolding, (small));
        else if (which % 8 == 1) call = abi.encodeCall(book.setMaxHolders, (uint32(limit % 7)));
        else if (which % 8 == 2) call = abi.encodeCall(book.setMaxHoldersIn, (HK, uint32(limit % 5)));
        else if (which % 8 == 3) call = abi.encodeCall(book.setMaxHoldersIn, (US, uint32(limit % 3)));
        else if (which % 8 == 4) call = abi.encodeCall(book.setVelocity, (small * 10, small == 0 ? 0 : 1 days));
        else if (which % 8 == 5) call = abi.encodeCall(book.setHoldingPeriod, (uint32(limit % 2 days)));
        else if (which % 8 == 6) call = abi.encodeCall(book.setDenomination, (uint128(limit % 4)));
        else call = abi.encodeCall(book.setMaxUnits, (uint128(within(limit, 500, 2_000))));
        if (!_call(agent, address(book), call)) _call(chief, address(book), call);
    }

    /// Halts, counts everybody or a part, with other acts in between, and ends the halt now and then.
    function preset(uint256 from, uint256 n, bool anew) external told {
        _call(agent, address(token), abi.encodeCall(token.halt, (REF)));
        if (anew) _call(agent, address(book), abi.encodeCall(book.startPreset, ()));
        address[] memory all = _sorted();
        uint256 first = anew ? 0 : from % all.length;
        address[] memory part = new address[](anew ? all.length : within(n, 0, all.length - first));
        for (uint256 i = 0; i < part.length; ++i) {
            part[i] = all[first + i];
        }
        _call(agent, address(book), abi.encodeCall(book.preset, (part)));
        if (from % 8 != 0) _call(chief, address(token), abi.encodeCall(token.unhalt, (REF)));
    }

    function window(uint256 seed) external told {
        (uint256 size, uint256 period,) = token.mintWindow();
        uint96 newSize = uint96(within(seed, 1, 200));
        bytes memory call = abi.encodeCall(token.setMintWindow, (newSize, uint24(1 days)));
        bool wider = period != 0 && newSize > size;
        if (_call(agent, address(token), call)) {
            if (wider) ++broken[19];
            _windowSet();
            return;
        }
        _call(chief, address(token), call);
        if (_call(chief, address(token), abi.encodeCall(token.applyMintWindow, ()))) ++broken[19]; // alone, and at once
        if (seed % 3 == 0) _call(agent, address(token), abi.encodeCall(token.cancelMintWindow, ()));
        if (_call(raiser, address(token), abi.encodeCall(token.applyMintWindow, ()))) _windowSet();
    }

    // ------------------------------------------------------------------------------------------------------------ slots

    /// Proposed and cancelled, or applied after the delay and mostly bound; now and then bound again.
    function swapRegistry(uint256 seed) external told {
        address other = address(current()) == address(registry) ? address(second) : address(registry);
        if (seed % 3 == 0) _call(chief, address(token), abi.encodeCall(token.setIdentityRegistry, (other)));
        if (seed % 6 == 0) _call(agent, address(token), abi.encodeCall(token.cancelIdentityRegistry, ()));
        if (seed % 6 == 3) {
            if (_call(chief, address(token), abi.encodeCall(token.applyIdentityRegistry, ()))) ++broken[19];
            vm.warp(block.timestamp + DELAY);
            if (_call(chief, address(token), abi.encodeCall(token.applyIdentityRegistry, ()))) ++swaps;
        }
        if ((seed >> 8) % 4 != 0) _call(issuer, address(current()), abi.encodeCall(registry.bindToken, (address(token))));
    }

    /// The rule book, a stranger's contract in some temper, or nothing.
    function swapCompliance(uint256 seed) external told {
        hostile.set(Hostile.Temper(seed % 4), address(0), "");
        if (seed % 5 > 2) return;
        address next = seed % 5 == 0 ? address(hostile) : seed % 5 == 1 ? address(0) : address(book);
        if (token.compliance() == address(book) && seed % 7 > 2) return; // it stays there mostly
        _call(chief, address(token), abi.encodeCall(token.setCompliance, (next)));
        vm.warp(block.timestamp + DELAY);
        if (_call(chief, address(token), abi.encodeCall(token.applyCompliance, ()))) ++swaps;
    }

    // ----------------------------------------------------------------------------------------------------------- powers

    /// Somebody helps himself to what only the owner gives.
    function grab(uint256 a, uint256 seed) external told {
        address who = seed % 4 == 0 ? agent : _who(a);
        if (who == chief) return; // he may give and take: see `govern`
        bytes[6] memory calls = [
            abi.encodeCall(IPowers.grantPowers, (who, seed & Power.ALL)),
            abi.encodeCall(IPowers.transferOwnership, (who)),
            abi.encodeCall(IPowers.acceptOwnership, ()),
            abi.encodeCall(IPowers.addAgent, (who)),
            abi.encodeCall(IPowers.setAgentDefault, (Power.FREEZE)),
            abi.encodeCall(IPowers.revokePowers, (agent, Power.ALL))
        ];
        bool ok = _call(who, address(token), calls[seed % 6]);
        if (!ok) return;
        if (seed % 6 == 2 && who == heir) (chief, heir) = (who, address(0));
    }

    /// The owner grants, takes, and hands over.
    function govern(uint256 a, uint256 seed) external told {
        address who = _who(a);
        uint256 powers = seed & (Power.DOCUMENT | Power.PAUSE | Power.ADMIT);
        if (seed % 4 == 0) {
            if (_call(chief, address(token), abi.encodeCall(IPowers.grantPowers, (who, powers)))) mandate[who] |= powers;
        } else if (seed % 4 == 1) {
            if (_call(chief, address(token), abi.encodeCall(IPowers.revokePowers, (who, powers)))) mandate[who] &= ~powers;
        } else if (seed % 4 == 2) {
            address next = seed % 8 == 2 ? address(0) : who;
            if (_call(chief, address(token), abi.encodeCall(IPowers.transferOwnership, (next)))) heir = next;
        } else if (heir != address(0)) {
            if (_call(heir, address(token), abi.encodeCall(IPowers.acceptOwnership, ()))) (chief, heir) = (heir, address(0));
        }
    }

    function powerful(uint256 i) external view returns (address) {
        return i < PEOPLE ? people[i] : [agent, approver, recoverer, raiser, issuer][i - PEOPLE];
    }

    function _until(uint256 n) private view returns (uint40) {
        return uint40(block.timestamp + (n % 3 == 0 ? n % 3 days : 400 days));
    }
}
