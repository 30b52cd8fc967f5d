// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice ERC-1643, documents of a token, as drafted: 0xecfecec8. The chain keeps the present document of each name; the
///         events keep the others.
interface IERC1643 {
    event DocumentUpdated(bytes32 indexed name, string uri, bytes32 documentHash);
    event DocumentRemoved(bytes32 indexed name, string uri, bytes32 documentHash);

    /// @notice The name is zero.
    error ERC1643InvalidName();
    error ERC1643MissingDocument();

    /// @return uri          where it lies; empty when there is none of this name
    /// @return documentHash of its content; 0: none named
    /// @return lastModified block time, unix seconds
    function getDocument(bytes32 name)
        external
        view
        returns (string memory uri, bytes32 documentHash, uint256 lastModified);

    /// @notice Sets or replaces the document of a name. Needs the document power.
    function setDocument(bytes32 name, string calldata uri, bytes32 documentHash) external;

    function removeDocument(bytes32 name) external;

    /// @notice The names of all documents, in no order.
    function getAllDocuments() external view returns (bytes32[] memory);
}
