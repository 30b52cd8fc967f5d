// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice A movement is named by the door it comes through, never guessed from zero addresses.
enum Kind {
    Issue, // units come into being: an order row or the raw mint
    Move, // a holder, or a spender for him, moves units
    Redeem, // units end against a paper
    Force, // an act of authority moves units
    Burn, // an act of authority ends units
    Recover // a lost wallet's units go to another wallet of the same investor
}

/// @notice Who may hold and move units of a tranche.
enum Mode {
    Open, // every admitted investor with every other
    PrimaryOnly, // issue and redeem only
    VenueOnly, // one side of every move is a venue
    RoleMatrix // the sender's class may move to the receiver's; see `setRoleMatrix`
}

/// @notice A wallet and the powers it gets; see `Power`.
struct AgentGrant {
    address agent;
    uint256 powers;
}

/// @notice What a tranche is born with.
/// @param symbol           at most 255 bytes
/// @param decimals         of the token; display only
/// @param cap              largest total supply, in smallest units
/// @param owner            the admin: grants powers, loosens rules, replaces slots
/// @param identityRegistry an `IdentityRegistry` of hashkit, or any ERC-3643 registry, which is then asked live
/// @param countries        ISO 3166 numeric codes that may hold; empty: every country
/// @param classes          bit n set: investor class n (0 to 4) may hold; 0: every class
/// @param lockUpUntil      unix seconds until which nobody moves units; 0: none
/// @param slotDelay        seconds between proposing and applying another registry or compliance contract
/// @param maxUnitsPerInvestor over all his wallets, in smallest units; 0: no such rule, no rule book; the largest number: no
///                            such rule, and a rule book for other ones
/// @param agents           first powers
struct TokenTerms {
    string name;
    string symbol;
    uint8 decimals;
    uint128 cap;
    address owner;
    address identityRegistry;
    uint16[] countries;
    uint16 classes;
    Mode mode;
    uint40 lockUpUntil;
    uint40 slotDelay;
    uint128 maxUnitsPerInvestor;
    AgentGrant[] agents;
}

/// @notice An approved batch of issue rows.
/// @param orderId  follows from the external ids of the rows; opened once, for ever
/// @param rowsRoot Merkle root over the chunks of rows
/// @param fileHash keccak256 of the canonical rows file, kept in the event
/// @param rowCount number of rows
/// @param total    sum of the rows in smallest units
/// @param deadline last block time at which rows may be issued, unix seconds
struct Order {
    bytes32 orderId;
    bytes32 rowsRoot;
    bytes32 fileHash;
    uint32 rowCount;
    uint128 total;
    uint40 deadline;
}

/// @notice What the identity registry says of a wallet. `investor` zero: not registered.
/// @param validUntil last block time at which the investor counts as verified, unix seconds; 0: revoked
struct Standing {
    address investor;
    uint16 country;
    uint8 class;
    uint40 validUntil;
    bool denied;
}
