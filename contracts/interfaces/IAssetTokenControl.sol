// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Mode, TokenTerms} from "./Types.sol";

/// @notice The rare half of a tranche: the other acts of authority, rules and slots. Reached at the token's own address.
///         Tightening a rule needs the rules power, loosening it the owner.
interface IAssetTokenControl {
    // ERC-3643
    event UpdatedTokenInformation(
        string indexed newName, string indexed newSymbol, uint8 newDecimals, string newVersion, address indexed newOnchainID
    );
    event IdentityRegistryAdded(address indexed identityRegistry);
    event ComplianceAdded(address indexed compliance);
    event AddressFrozen(address indexed account, bool indexed isFrozen, address indexed agent);
    event TokensFrozen(address indexed account, uint256 amount);
    event TokensUnfrozen(address indexed account, uint256 amount);
    event RecoverySuccess(address indexed lostWallet, address indexed newWallet, address indexed investorOnchainID);
    event Paused(address account);
    event Unpaused(address account);

    event Halted(address indexed agent);
    event Unhalted(address indexed agent);
    event CapSet(uint256 cap);
    event ModeSet(Mode mode);
    event RoleMatrixSet(uint256 matrix);
    event LockUpSet(uint256 until);
    /// @param mask bit n set: class n may hold; 0: every class
    event ClassesSet(uint256 mask);
    /// @param on true: only listed countries may hold
    event CountryListSet(bool on);
    event CountryAllowed(uint16 indexed country, bool allowed);
    /// @notice Copies of an older epoch count no more.
    event EpochSet(uint64 epoch);
    event SlotProposed(bytes32 indexed slot, address candidate, uint256 readyAt);
    event SlotCancelled(bytes32 indexed slot, address candidate);
    event SlotDelaySet(uint256 delay);
    /// @notice The registry pushes to this token from now on.
    event RegistryBound(address indexed identityRegistry);
    event RecoveryProposed(address indexed lost, address indexed to, uint256 readyAt);
    event RecoveryCancelled(address indexed lost, address indexed to);
    event SuccessorNamed(address indexed successor);

    error AlreadyInitialised();
    error NotTheRegistry(address caller);
    error TermsInvalid();
    error SlotInvalid(bytes32 slot, address candidate);
    error SlotNotReady(bytes32 slot, uint256 readyAt);
    error SlotDelayTooShort(uint256 delay, uint256 minimum);
    error FrozenAmountExceeded(address account, uint256 frozen, uint256 amount);
    error AlreadyInThatState();
    /// @notice `to` cannot be another wallet of the investor behind `lost`, or he is not the investor named.
    error RecoveryInvalid(address lost, address to);
    /// @notice Nothing can be done before `readyAt` (unix seconds); 0: nothing proposed.
    error RecoveryNotReady(address lost, uint256 readyAt);
    error NotHalted();

    /// @notice Called once by the factory in the transaction that makes the clone.
    function initialize(TokenTerms calldata terms, address compliance_) external;

    // acts of authority; each has a form with the ref of its paper
    function pause() external;
    function unpause() external;
    function pause(bytes32 ref) external;
    function unpause(bytes32 ref) external;
    /// @notice Stops every movement, issue and redemption included. Needs the pause power.
    function halt(bytes32 ref) external;
    /// @notice Ends a halt. Needs the owner.
    function unhalt(bytes32 ref) external;
    function freezePartialTokens(address account, uint256 amount) external;
    function freezePartialTokens(address account, uint256 amount, bytes32 ref) external;
    function unfreezePartialTokens(address account, uint256 amount) external;
    function unfreezePartialTokens(address account, uint256 amount, bytes32 ref) external;
    function setFrozenTokens(address account, uint256 amount, bytes32 ref) external returns (bool);
    /// @notice Raw supply (ERC-3643): behind a power nobody holds by default.
    function mint(address to, uint256 amount) external;
    function mint(address to, uint256 amount, bytes32 ref) external;

    // batches: each row is the single act with the same power; one `Acted` for all; lists of one length
    function batchForcedTransfer(address[] calldata from, address[] calldata to, uint256[] calldata amounts) external;
    function batchForcedTransfer(
        address[] calldata from,
        address[] calldata to,
        uint256[] calldata amounts,
        bytes32 ref
    ) external;
    function batchMint(address[] calldata to, uint256[] calldata amounts) external;
    function batchMint(address[] calldata to, uint256[] calldata amounts, bytes32 ref) external;
    function batchBurn(address[] calldata from, uint256[] calldata amounts) external;
    function batchBurn(address[] calldata from, uint256[] calldata amounts, bytes32 ref) external;
    function batchSetAddressFrozen(address[] calldata accounts, bool[] calldata frozen) external;
    function batchSetAddressFrozen(address[] calldata accounts, bool[] calldata frozen, bytes32 ref) external;
    function batchFreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external;
    function batchFreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts, bytes32 ref) external;
    function batchUnfreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external;
    function batchUnfreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts, bytes32 ref) external;

    /// @notice Moves everything a lost wallet holds, freezes included, to another wallet of its investor (ERC-3643). Needs
    ///         the recover power, which nobody who admits at the registry may use. At once when the registry names the same
    ///         investor for both; otherwise the first call proposes and answers false, and the same call 24 hours later does
    ///         it. Another `to` starts the delay anew.
    /// @param investor what the registry says of `lost`; zero when it says nothing
    function recoveryAddress(address lost, address to, address investor) external returns (bool);
    function recoveryAddress(address lost, address to, address investor, bytes32 ref) external returns (bool);
    /// @notice Stops a proposed recovery: the lost wallet itself, an admit agent or a pause agent.
    function cancelRecovery(address lost, bytes32 ref) external;
    function pendingRecovery(address lost) external view returns (address to, uint256 readyAt);

    // rules
    function setCap(uint128 newCap) external;
    function setMode(Mode newMode) external;
    /// @notice Who may move to whom in the mode RoleMatrix: bit (from - 1) * 4 + (to - 1) for the classes 1 to 4. Every other
    ///         class, the unknown one (0) too, moves and receives nothing. Empty until it is set. Clearing bits tightens.
    function setRoleMatrix(uint16 matrix) external;
    function roleMatrix() external view returns (uint16);
    function setLockUp(uint40 until) external;
    /// @notice Bit n: investor class n (0 to 4) may hold; 0: every class.
    function setClasses(uint16 mask) external;
    function setCountryList(bool on) external;
    function allowCountries(uint16[] calldata countries, bool allowed) external;
    function isCountryAllowed(uint16 country) external view returns (bool);

    // slots
    function setIdentityRegistry(address candidate) external;
    function setCompliance(address candidate) external;
    function applyIdentityRegistry() external;
    function applyCompliance() external;
    /// @notice Needs the pause power or the owner.
    function cancelIdentityRegistry() external;
    function cancelCompliance() external;
    function pendingIdentityRegistry() external view returns (address candidate, uint256 readyAt);
    function pendingCompliance() external view returns (address candidate, uint256 readyAt);
    function slotDelay() external view returns (uint256);

    // the registry's receiver: accepts only the registry, calls nobody but the token's own rule book, cannot revert
    function registryBound() external;
    /// @notice What is known of `wallet` changed otherwise than by a longer validity.
    function identityChanged(address wallet, address oldInvestor, address newInvestor) external;

    // about the token
    function setName(string calldata newName) external;
    function setSymbol(string calldata newSymbol) external;
    function setOnchainID(address newOnchainID) external;
    /// @notice Names the token that takes over. Needs the owner, and a halt.
    function nameSuccessor(address token) external;
    function successor() external view returns (address);
    function onchainID() external view returns (address);
    function version() external view returns (string memory);
}
