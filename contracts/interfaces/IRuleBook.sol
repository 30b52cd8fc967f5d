// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Kind} from "./Types.sol";

/// @notice Rules that count, for one token. Only that token tells it of movements. It also answers ERC-3643's ICompliance; the
///         binding is for life: `bindToken` does nothing for its token and refuses every other, `unbindToken` refuses always.
/// @dev    Counters follow investors, not wallets. A rule book that counts and is not armed refuses Issue and Move, because its
///         counters may be wrong; it arms when the preset balances add up to the total supply and the registry pushes to the
///         token. Counting starts with the first rule that needs it, anew when the token takes the rule book in, and anew
///         whenever its registry is replaced or bound. Amounts are in smallest units, times in unix seconds, periods in
///         seconds, countries ISO 3166 numeric. A limit of zero means no such rule. Tightening a rule needs the token's rules
///         power, anything else its owner.
interface IRuleBook {
    event MaxUnitsSet(uint256 maxUnits);
    event MinimumHoldingSet(uint256 minimumHolding);
    event MaxHoldersSet(uint256 maxHolders);
    event MaxHoldersInSet(uint16 indexed country, uint256 maxHolders);
    event VelocitySet(uint256 units);
    event VelocityPeriodSet(uint256 period);
    event HoldingPeriodSet(uint256 period);
    event DenominationSet(uint256 denomination);
    event SanctionsOracleSet(address indexed oracle);
    /// @notice Counting starts anew, with `registry` saying who is who.
    event PresetStarted(uint256 generation, address indexed registry);
    event Armed(uint256 generation, uint256 supply);

    error AlreadyInitialised();
    error NotTheToken(address caller);
    error PresetOutOfOrder(address wallet);
    error NotHalted();
    error NotAllowed(address caller);
    error LimitInvalid();
    /// @notice An ERC-3643 token told of a movement that the rules refuse.
    error Refused(uint256 verdict);

    function initialize(address registry, uint128 maxUnits) external;

    /// @notice The failing rules of a movement as verdict bits: every rule for Issue and Move, denomination and minimum holding
    ///         for Redeem, none for acts of authority.
    function check(Kind kind, address from, address to, uint256 amount) external view returns (uint256 verdict);

    /// @notice A movement happened, unless the answer refuses it: then nothing was counted, and the token takes it back. Same
    ///         answer as `check`. Only the token. A redemption of everything a wallet holds is told as a burn.
    function moved(Kind kind, address from, address to, uint256 amount) external returns (uint256 verdict);

    /// @notice A wallet with `balance` went from one investor to another, or what is known of its investor changed (both the
    ///         same). Only the token.
    function rekeyed(address wallet, uint256 balance, address oldInvestor, address newInvestor) external;

    /// @notice The token took this rule book in: counting must be preset, and nothing is known of issues so far. Only the token.
    function installed(address registry) external;

    /// @notice The token's registry was replaced or pushes from now on: counting must be preset again. Only the token.
    function registryReplaced(address registry) external;

    /// @notice The most units one investor may hold over all wallets.
    function setMaxUnits(uint128 maxUnits) external;

    /// @notice The least an investor may hold over all wallets, unless nothing.
    function setMinimumHolding(uint128 units) external;

    /// @notice The most investors that may hold anything.
    function setMaxHolders(uint32 holders) external;

    /// @notice The most investors of a country that may hold anything.
    function setMaxHoldersIn(uint16 country, uint32 holders) external;

    /// @notice The most units an investor may move to others in one window. Windows are multiples of `period` since 1970: with
    ///         a period of a day, UTC days. Another period needs the owner. Either both are zero or none.
    function setVelocity(uint128 units, uint32 period) external;

    /// @notice A wallet moves nothing until `period` after the last Issue to it. Issues before the rule was set, or before the
    ///         token took the rule book in, count as made then.
    function setHoldingPeriod(uint32 period) external;

    /// @notice Units are issued, moved and redeemed in multiples of it. A multiple of the present one tightens.
    function setDenomination(uint128 units) external;

    /// @notice A contract with `isSanctioned(address)`, asked at every Issue and Move; silence counts as yes. Another one, or
    ///         none, needs the owner.
    function setSanctionsOracle(address oracle) external;

    /// @notice Starts counting anew. The token must be halted.
    function startPreset() external;

    /// @notice Counts wallets in ascending order while the token is halted; arms when the sum is the total supply. Units that
    ///         change hands between two calls start it anew.
    function preset(address[] calldata wallets) external;

    function maxUnits() external view returns (uint256);

    /// @notice Units of an investor over all wallets, as counted.
    function unitsOf(address investor) external view returns (uint256);

    /// @notice Units of the investor behind a wallet, and the country he counts in.
    function unitsBehind(address wallet) external view returns (uint256 units, uint256 country);

    function minimumHolding() external view returns (uint256);

    function denomination() external view returns (uint256);

    function maxHolders() external view returns (uint256);

    /// @notice Investors that hold anything, as counted.
    function holders() external view returns (uint256);

    function maxHoldersIn(uint16 country) external view returns (uint256);

    function holdersIn(uint16 country) external view returns (uint256);

    function velocity() external view returns (uint256 units, uint256 period);

    /// @notice Units that the investor behind a wallet moved to others in the present window.
    function spentBehind(address wallet) external view returns (uint256);

    function holdingPeriod() external view returns (uint256);

    /// @notice When the holding period of a wallet ends; 0: it has none.
    function heldUntil(address wallet) external view returns (uint256);

    function sanctionsOracle() external view returns (address);

    /// @notice Whether the oracle lists an account, or does not answer.
    function isSanctioned(address account) external view returns (bool);

    /// @notice Whether the counters are proved right, or nothing is counted.
    function armed() external view returns (bool);

    function token() external view returns (address);

    function identityRegistry() external view returns (address);
}
