// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAssetToken} from "../../contracts/interfaces/IAssetToken.sol";
import {IAssetTokenControl as C} from "../../contracts/interfaces/IAssetTokenControl.sol";
import {IERC3643IdentityRegistry} from "../../contracts/interfaces/IERC3643IdentityRegistry.sol";
import {IERC7943Fungible} from "../../contracts/interfaces/IERC7943.sol";
import {IIdentityRegistry as R} from "../../contracts/interfaces/IIdentityRegistry.sol";
import {IPowers} from "../../contracts/interfaces/IPowers.sol";
import {IRuleBook as B} from "../../contracts/interfaces/IRuleBook.sol";
import {Standing} from "../../contracts/interfaces/Types.sol";
import {Vm} from "./TestBase.sol";

/// @notice A register kept from events alone, by whoever has never read a storage slot.
contract Replay {
    struct Order {
        bytes32 root;
        uint256 rows;
        uint256 next;
        uint256 total;
        uint256 issued;
        uint256 deadline;
        bool closed;
    }

    struct Wallet {
        address investor; // of a first wallet
        address first; // of a link
        uint16 country;
        uint8 class;
        uint40 validUntil;
        bool denied;
    }

    struct Proposal {
        address candidate;
        uint256 readyAt;
    }

    address private immutable _token;
    address private immutable _book;
    mapping(address registry => bool known) private _registries;

    uint256 public supply;
    mapping(address account => uint256 units) public balances;
    mapping(address account => uint256 units) public frozenAmounts;
    mapping(address account => bool frozen) public frozen;
    mapping(bytes32 id => Order order) public orders;
    mapping(bytes32 ref => bool consumed) public refs;
    mapping(bytes32 name => uint256 value) public terms; // by the event's name
    mapping(uint16 country => bool allowed) public countries;
    mapping(address account => uint256 powers) public powers;
    mapping(address lost => Proposal proposal) public recoveries;
    mapping(bytes32 slot => Proposal proposal) public slots;
    address public owner;
    address public heir;
    mapping(address registry => mapping(address wallet => Wallet entry)) private _wallets;
    mapping(bytes32 name => uint256 value) public rules; // of the rule book
    mapping(uint16 country => uint256 holders) public holdersIn;

    constructor(address token, address registry, address second, address book) {
        (_token, _book) = (token, book);
        (_registries[registry], _registries[second]) = (true, true);
    }

    function take(Vm.Log[] memory logs) external {
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32[] memory t = logs[i].topics;
            if (logs[i].emitter == _token) {
                if (!_units(t, logs[i].data) && !_terms(t, logs[i].data)) _slots(t, logs[i].data);
            } else if (_registries[logs[i].emitter]) {
                _registry(_wallets[logs[i].emitter], t, logs[i].data);
            } else if (logs[i].emitter == _book) {
                _rules(t, logs[i].data);
            }
        }
    }

    function standing(address registry, address wallet) external view returns (Standing memory) {
        Wallet memory w = _wallets[registry][wallet];
        if (w.first != address(0)) w = _wallets[registry][w.first];
        return Standing(w.investor, w.country, w.class, w.validUntil, w.denied);
    }

    function _units(bytes32[] memory t, bytes memory data) private returns (bool) {
        if (t[0] == IERC20.Transfer.selector) {
            uint256 amount = abi.decode(data, (uint256));
            if (t[1] == 0) supply += amount;
            else balances[_address(t[1])] -= amount;
            if (t[2] == 0) supply -= amount;
            else balances[_address(t[2])] += amount;
        } else if (t[0] == IERC7943Fungible.Frozen.selector) {
            frozenAmounts[_address(t[1])] = abi.decode(data, (uint256));
        } else if (t[0] == C.AddressFrozen.selector) {
            frozen[_address(t[1])] = t[2] != 0;
        } else if (t[0] == IAssetToken.Redeemed.selector) {
            refs[t[1]] = true;
        } else if (t[0] == IAssetToken.OrderOpened.selector) {
            (bytes32 root,, uint256 rows, uint256 total, uint256 deadline) =
                abi.decode(data, (bytes32, bytes32, uint256, uint256, uint256));
            orders[t[1]] = Order(root, rows, 0, total, 0, deadline, false);
        } else if (t[0] == IAssetToken.OrderExecuted.selector) {
            (, uint256 next, uint256 amount) = abi.decode(data, (uint256, uint256, uint256));
            orders[t[1]].next = next;
            orders[t[1]].issued += amount;
        } else if (t[0] == IAssetToken.OrderClosed.selector) {
            orders[t[1]].closed = true;
        } else {
            return false;
        }
        return true;
    }

    function _terms(bytes32[] memory t, bytes memory data) private returns (bool) {
        if (t[0] == C.CapSet.selector) terms["cap"] = uint256(bytes32(data));
        else if (t[0] == C.ModeSet.selector) terms["mode"] = uint256(bytes32(data));
        else if (t[0] == C.RoleMatrixSet.selector) terms["roleMatrix"] = uint256(bytes32(data));
        else if (t[0] == C.LockUpSet.selector) terms["lockUp"] = uint256(bytes32(data));
        else if (t[0] == C.ClassesSet.selector) terms["classes"] = uint256(bytes32(data));
        else if (t[0] == C.CountryListSet.selector) terms["countryList"] = uint256(bytes32(data));
        else if (t[0] == C.CountryAllowed.selector) countries[uint16(uint256(t[1]))] = uint256(bytes32(data)) != 0;
        else if (t[0] == C.EpochSet.selector) terms["epoch"] = uint256(bytes32(data));
        else if (t[0] == C.Paused.selector) terms["paused"] = 1;
        else if (t[0] == C.Unpaused.selector) terms["paused"] = 0;
        else if (t[0] == C.Halted.selector) terms["halted"] = 1;
        else if (t[0] == C.Unhalted.selector) terms["halted"] = 0;
        else if (t[0] == C.RegistryBound.selector) terms["bound"] = 1;
        else if (t[0] == IAssetToken.MintWindowSet.selector) {
            (terms["windowSize"], terms["windowPeriod"]) = abi.decode(data, (uint256, uint256));
            terms["widerReadyAt"] = 0;
        } else if (t[0] == IAssetToken.MintWindowProposed.selector) {
            (terms["widerSize"], terms["widerPeriod"], terms["widerReadyAt"]) =
                abi.decode(data, (uint256, uint256, uint256));
        } else if (t[0] == IAssetToken.MintWindowCancelled.selector) terms["widerReadyAt"] = 0;
        else return false;
        return true;
    }

    function _slots(bytes32[] memory t, bytes memory data) private {
        if (t[0] == C.IdentityRegistryAdded.selector) {
            (terms["registry"], terms["bound"]) = (uint256(t[1]), 0);
            delete slots["identityRegistry"];
        } else if (t[0] == C.ComplianceAdded.selector) {
            terms["compliance"] = uint256(t[1]);
            delete slots["compliance"];
        } else if (t[0] == C.SlotProposed.selector) {
            (address candidate, uint256 readyAt) = abi.decode(data, (address, uint256));
            slots[t[1]] = Proposal(candidate, readyAt);
        } else if (t[0] == C.SlotCancelled.selector) {
            delete slots[t[1]];
        } else if (t[0] == C.RecoveryProposed.selector) {
            recoveries[_address(t[1])] = Proposal(_address(t[2]), abi.decode(data, (uint256)));
        } else if (t[0] == C.RecoveryCancelled.selector || t[0] == C.RecoverySuccess.selector) {
            delete recoveries[_address(t[1])];
        } else if (t[0] == IPowers.PowersChanged.selector) {
            powers[_address(t[1])] = abi.decode(data, (uint256));
        } else if (t[0] == IPowers.OwnershipTransferStarted.selector) {
            heir = _address(t[2]);
        } else if (t[0] == IPowers.OwnershipTransferred.selector) {
            (owner, heir) = (_address(t[2]), address(0));
        }
    }

    function _registry(mapping(address => Wallet) storage wallets, bytes32[] memory t, bytes memory data) private {
        Wallet storage w = wallets[t.length > 1 ? _address(t[1]) : address(0)];
        if (t[0] == IERC3643IdentityRegistry.IdentityRegistered.selector) {
            w.investor = _address(t[2]);
        } else if (t[0] == IERC3643IdentityRegistry.IdentityRemoved.selector) {
            bool denied = w.denied;
            wallets[_address(t[1])] = Wallet(address(0), address(0), 0, 0, 0, denied);
        } else if (t[0] == R.WalletLinked.selector) {
            wallets[_address(t[2])] = Wallet(address(0), _address(t[1]), 0, 0, 0, false);
        } else if (t[0] == R.WalletUnlinked.selector) {
            delete wallets[_address(t[2])];
        } else if (t[0] == R.InvestorChanged.selector) {
            if (w.first == address(0)) w.investor = _address(t[3]);
        } else if (t[0] == R.DeniedSet.selector) {
            (w.denied,) = abi.decode(data, (bool, bytes32));
        } else if (t[0] == R.StandingSet.selector) {
            (w.country, w.class, w.validUntil,) = abi.decode(data, (uint16, uint8, uint40, bytes32));
        } else if (t[0] == R.StandingsSet.selector) {
            (bytes32[] memory rows,) = abi.decode(data, (bytes32[], bytes32));
            for (uint256 i = 0; i < rows.length; ++i) {
                w = wallets[address(bytes20(rows[i]))];
                uint256 row = uint256(rows[i]);
                (w.country, w.class, w.validUntil) = (uint16(row >> 80), uint8(row >> 72), uint40(row >> 32));
            }
        }
    }

    function _rules(bytes32[] memory t, bytes memory data) private {
        if (t[0] == B.MaxUnitsSet.selector) rules["maxUnits"] = uint256(bytes32(data));
        else if (t[0] == B.MinimumHoldingSet.selector) rules["minimumHolding"] = uint256(bytes32(data));
        else if (t[0] == B.MaxHoldersSet.selector) rules["maxHolders"] = uint256(bytes32(data));
        else if (t[0] == B.MaxHoldersInSet.selector) holdersIn[uint16(uint256(t[1]))] = uint256(bytes32(data));
        else if (t[0] == B.VelocitySet.selector) rules["velocity"] = uint256(bytes32(data));
        else if (t[0] == B.VelocityPeriodSet.selector) rules["velocityPeriod"] = uint256(bytes32(data));
        else if (t[0] == B.HoldingPeriodSet.selector) rules["holdingPeriod"] = uint256(bytes32(data));
        else if (t[0] == B.DenominationSet.selector) rules["denomination"] = uint256(bytes32(data));
    }

    function _address(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
