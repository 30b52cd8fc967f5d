// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IAssetToken} from "./interfaces/IAssetToken.sol";
import {IERC1404, IERC1404Spender} from "./interfaces/IERC1404.sol";
import {IERC1643} from "./interfaces/IERC1643.sol";
import {IERC3643} from "./interfaces/IERC3643.sol";
import {IERC7943Fungible} from "./interfaces/IERC7943.sol";
import {Kind, Mode} from "./interfaces/Types.sol";
import {Allowances} from "./token/Allowances.sol";
import {Config} from "./token/Config.sol";
import {Documents} from "./token/Documents.sol";
import {Door} from "./token/Door.sol";
import {Messages} from "./token/Messages.sol";
import {Orders} from "./token/Orders.sol";
import {Power} from "./token/Power.sol";
import {Record} from "./token/Record.sol";
import {SingleActs} from "./token/SingleActs.sol";
import {Titles} from "./token/Titles.sol";
import {Verdict} from "./token/Verdict.sol";
import {Window} from "./token/Window.sol";

/// @title  AssetToken, the hot half of a tranche
/// @notice ERC-20 whose every movement passes one gate. What it does not know it hands to `AssetTokenControl`, which works
///         on the same storage and is fixed at construction. Tokens are minimal clones of this contract.
contract AssetToken is Orders, SingleActs, Window, Documents, Allowances, IERC20Metadata, IERC165 {
    using Record for uint256;
    using Config for uint256;

    address private immutable _CONTROL;

    constructor(address control_) {
        _CONTROL = control_;
        _deployedBlock = type(uint48).max; // locks the implementation: it can never be initialised
        _titles = Titles.join("", "");
    }

    // ------------------------------------------------------------------------------------------------ movements

    /// @inheritdoc IERC20
    function transfer(address to, uint256 amount) external returns (bool) {
        _move(Movement(Door.MOVE, msg.sender, msg.sender, to, amount));
        return true;
    }

    /// @inheritdoc IERC20
    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        Movement memory m = Movement(Door.MOVE, msg.sender, from, to, amount);
        (uint256 verdict, uint256 config_, uint256 sender, uint256 receiver) = _assess(m, amount == 0);
        bool allowed = amount <= _allowances[from][msg.sender];
        if (verdict != 0 || !allowed) {
            (verdict,, sender,) = _assess(m);
            _refuse(m, allowed ? verdict : verdict | Verdict.ALLOWANCE, sender);
        }
        _spendAllowance(from, msg.sender, amount);
        _settle(m, config_, sender, receiver);
        return true;
    }

    /// @inheritdoc IAssetToken
    function batchTransfer(address[] calldata to, uint256[] calldata amounts) external {
        if (to.length != amounts.length) revert LengthMismatch();
        _moveMany(Movement(Door.MOVE, msg.sender, msg.sender, msg.sender, 0), to, amounts);
    }

    /// @inheritdoc IAssetToken
    function redeem(address from, uint256 amount, bytes32 ref) external onlyPower(Power.REDEEM) {
        if (ref == 0 || _refs[ref] != 0) revert RefInvalid(ref);
        _refs[ref] = 1;
        _move(Movement(Door.REDEEM, msg.sender, from, address(0), amount));
        emit Redeemed(ref, from, amount);
    }

    /// @inheritdoc IERC20
    function approve(address spender, uint256 amount) external returns (bool) {
        _approve(msg.sender, spender, amount);
        return true;
    }

    // ------------------------------------------------------------------------------------------------ questions

    /// @inheritdoc IAssetToken
    function explain(address from, address to, uint256 amount) public view returns (uint256 verdict) {
        (verdict,,,) = _assess(Movement(Door.MOVE, from, from, to, amount));
    }

    /// @inheritdoc IAssetToken
    function explainFrom(address spender, address from, address to, uint256 amount)
        public
        view
        returns (uint256 verdict)
    {
        (verdict,,,) = _assess(Movement(Door.MOVE, spender, from, to, amount));
        if (amount > _allowances[from][spender]) verdict |= Verdict.ALLOWANCE;
    }

    /// @inheritdoc IAssetToken
    function explainMovement(Kind kind, address from, address to, uint256 amount)
        external
        view
        returns (uint256 verdict)
    {
        if (kind == Kind.Issue) from = address(0);
        (verdict,,,) = _assess(Movement(Door.row(kind), from, from, to, amount));
    }

    /// @notice ERC-7943: the verdict without its balance bit.
    function canTransfer(address from, address to, uint256 amount) external view returns (bool) {
        return explain(from, to, amount) & ~Verdict.BALANCE == 0;
    }

    /// @notice ERC-7943: nothing about the account itself stops it from sending.
    function canSend(address account) external view returns (bool) {
        return _accountVerdict(account) == 0;
    }

    /// @notice ERC-7943: nothing about the account itself stops it from receiving.
    function canReceive(address account) external view returns (bool) {
        return account != address(0) && account != address(this) && _accountVerdict(account) == 0;
    }

    /// @inheritdoc IAssetToken
    function detectTransferRestriction(address from, address to, uint256 amount) external view returns (uint8) {
        return _lowestCode(explain(from, to, amount));
    }

    /// @inheritdoc IAssetToken
    function detectTransferRestrictionFrom(address spender, address from, address to, uint256 amount)
        external
        view
        returns (uint8)
    {
        return _lowestCode(explainFrom(spender, from, to, amount));
    }

    /// @inheritdoc IAssetToken
    function messageForTransferRestriction(uint8 code) external pure returns (string memory) {
        return Messages.text(code);
    }

    function _lowestCode(uint256 verdict) private pure returns (uint8 code) {
        if (verdict == 0) return 0;
        for (code = 1; verdict & 1 == 0; ++code) {
            verdict >>= 1;
        }
    }

    // ---------------------------------------------------------------------------------------------------- state

    /// @inheritdoc IERC20Metadata
    function name() external view returns (string memory) {
        return Titles.name(_titles);
    }

    /// @inheritdoc IERC20Metadata
    function symbol() external view returns (string memory) {
        return Titles.symbol(_titles);
    }

    /// @inheritdoc IERC20Metadata
    function decimals() external view returns (uint8) {
        return _decimals;
    }

    /// @inheritdoc IERC20
    function totalSupply() external view returns (uint256) {
        return _config.supply();
    }

    /// @inheritdoc IERC20
    function balanceOf(address account) external view returns (uint256) {
        return _records[account].balance();
    }

    /// @inheritdoc IERC20
    function allowance(address owner_, address spender) external view returns (uint256) {
        return _allowances[owner_][spender];
    }

    /// @notice ERC-3643 and ERC-7943: the frozen amount of an account; it may exceed the balance.
    function getFrozenTokens(address account) external view returns (uint256) {
        return _frozenAmount[account];
    }

    /// @inheritdoc IAssetToken
    function isFrozen(address account) external view returns (bool) {
        return _records[account] & Record.FROZEN != 0;
    }

    /// @inheritdoc IAssetToken
    function paused() external view returns (bool) {
        return _config & Config.PAUSED != 0;
    }

    /// @inheritdoc IAssetToken
    function halted() external view returns (bool) {
        return _config & Config.HALTED != 0;
    }

    /// @inheritdoc IAssetToken
    function mode() external view returns (Mode) {
        return _config.mode();
    }

    /// @inheritdoc IAssetToken
    function lockUpUntil() external view returns (uint256) {
        return _config.lockUp();
    }

    /// @inheritdoc IAssetToken
    function cap() external view returns (uint256) {
        return _cap;
    }

    /// @inheritdoc IAssetToken
    function identityRegistry() external view returns (address) {
        return _identityRegistry;
    }

    /// @inheritdoc IAssetToken
    function compliance() external view returns (address) {
        return _compliance;
    }

    /// @inheritdoc IAssetToken
    function refConsumed(bytes32 ref) external view returns (bool) {
        return _refs[ref] != 0;
    }

    /// @inheritdoc IAssetToken
    function deployedBlock() external view returns (uint256) {
        return _deployedBlock;
    }

    /// @inheritdoc IAssetToken
    function recordOf(address account) external view returns (uint256) {
        return _records[account];
    }

    /// @inheritdoc IAssetToken
    function config() external view returns (uint256) {
        return _config;
    }

    /// @notice ERC-165, for the standards a tranche answers in full.
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == type(IERC165).interfaceId || id == type(IERC20).interfaceId || id == type(IERC20Permit).interfaceId
            || id == type(IERC7943Fungible).interfaceId || id == type(IERC3643).interfaceId
            || id == type(IERC1643).interfaceId || id == type(IERC1404).interfaceId
            || id == type(IERC1404Spender).interfaceId
            || id == type(IERC1404).interfaceId ^ type(IERC1404Spender).interfaceId;
    }

    // --------------------------------------------------------------------------------------------- the other half

    /// @notice Where the rare half lives, for those who check code.
    function control() external view returns (address) {
        return _CONTROL;
    }

    /// @dev What this half does not know, the other may; answers and errors pass through unchanged.
    fallback(bytes calldata input) external returns (bytes memory) {
        return Address.functionDelegateCall(_CONTROL, input);
    }
}
