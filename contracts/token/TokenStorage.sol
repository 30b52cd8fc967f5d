// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bucket} from "./Bucket.sol";
import {PowersBase} from "./PowersBase.sol";

/// @notice The one storage layout of both halves. Append only; held to a committed layout by a test.
abstract contract TokenStorage is PowersBase {
    struct OrderRecord {
        bytes32 rowsRoot;
        uint128 total; // smallest units
        uint128 issued; // smallest units
        uint32 rowCount;
        uint32 nextRow; // the cursor
        uint40 deadline; // unix seconds
        bool closed;
    }

    struct Proposal {
        address candidate;
        uint40 readyAt; // unix seconds; 0: nothing proposed
    }

    struct WiderWindow {
        uint96 size; // smallest units
        uint24 period; // seconds
        uint40 readyAt; // unix seconds; 0: nothing proposed
    }

    struct Document {
        string uri;
        bytes32 documentHash;
        uint40 lastModified; // unix seconds
        uint32 position; // in the list of names, from 1 on; 0: no such document
    }

    uint256 internal _config; // the supply and the terms that movements read; see Config.sol
    uint128 internal _cap; // smallest units
    mapping(address account => uint256 record) internal _records; // see Record.sol
    mapping(address account => uint256 amount) internal _frozenAmount; // smallest units, counts while PARTLY_FROZEN
    mapping(address account => mapping(address spender => uint256 amount)) internal _allowances;
    mapping(bytes32 orderId => OrderRecord order) internal _orders;
    mapping(bytes32 ref => uint256 consumed) internal _refs; // 1 once a redemption named it; a whole word is written without reading it
    mapping(address account => uint256 nonce) internal _nonces;

    address internal _identityRegistry;
    uint48 internal _deployedBlock; // 0: not initialised
    uint8 internal _decimals;
    uint40 internal _slotDelay; // seconds
    address internal _compliance;
    mapping(bytes32 slot => Proposal proposal) internal _proposals;
    uint256 internal _fewCountries; // see Countries.sol
    mapping(uint256 word => uint256 countries) internal _moreCountries; // bit (country & 255) of word (country >> 8)
    bytes internal _titles; // see Titles.sol

    address internal _onchainID;
    address internal _successor;
    Bucket.Window internal _window;
    WiderWindow internal _wider;
    mapping(address lost => Proposal proposal) internal _recoveries;
    mapping(bytes32 name => Document document) internal _documents;
    bytes32[] internal _documentNames;
}
