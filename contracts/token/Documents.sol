// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {IERC1643} from "../interfaces/IERC1643.sol";
import {Power} from "./Power.sol";
import {TokenStorage} from "./TokenStorage.sol";

/// @notice The documents of a tranche (ERC-1643): name, place, hash. Their history lies in the events. In the hot half,
///         because the other one has no room.
abstract contract Documents is TokenStorage, IERC1643, IAssetToken {
    /// @inheritdoc IERC1643
    function setDocument(bytes32 name_, string calldata uri, bytes32 documentHash) external {
        _setDocument(name_, uri, documentHash, 0);
    }

    /// @inheritdoc IAssetToken
    function setDocument(bytes32 name_, string calldata uri, bytes32 documentHash, bytes32 ref) external {
        _setDocument(name_, uri, documentHash, ref);
    }

    /// @inheritdoc IERC1643
    function removeDocument(bytes32 name_) external {
        _removeDocument(name_, 0);
    }

    /// @inheritdoc IAssetToken
    function removeDocument(bytes32 name_, bytes32 ref) external {
        _removeDocument(name_, ref);
    }

    /// @inheritdoc IERC1643
    function getDocument(bytes32 name_) external view returns (string memory, bytes32, uint256) {
        Document storage d = _documents[name_];
        return (d.uri, d.documentHash, d.lastModified);
    }

    /// @inheritdoc IERC1643
    function getAllDocuments() external view returns (bytes32[] memory) {
        return _documentNames;
    }

    function _setDocument(bytes32 name_, string calldata uri, bytes32 documentHash, bytes32 ref)
        private
        onlyPower(Power.DOCUMENT)
    {
        if (name_ == 0) revert ERC1643InvalidName();
        Document storage d = _documents[name_];
        if (d.position == 0) {
            _documentNames.push(name_);
            d.position = uint32(_documentNames.length);
        }
        (d.uri, d.documentHash, d.lastModified) = (uri, documentHash, uint40(block.timestamp));
        emit DocumentUpdated(name_, uri, documentHash);
        emit Acted(ref, msg.sender, msg.sig);
    }

    function _removeDocument(bytes32 name_, bytes32 ref) private onlyPower(Power.DOCUMENT) {
        Document storage d = _documents[name_];
        uint256 position = d.position;
        if (position == 0) revert ERC1643MissingDocument();
        emit DocumentRemoved(name_, d.uri, d.documentHash);
        bytes32 last = _documentNames[_documentNames.length - 1];
        _documentNames[position - 1] = last;
        _documents[last].position = uint32(position);
        _documentNames.pop();
        delete _documents[name_];
        emit Acted(ref, msg.sender, msg.sig);
    }
}
