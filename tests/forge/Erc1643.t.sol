// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IAssetToken, IERC1643, Power} from "./Fixture.sol";

/// @notice ERC-1643 to the letter.
contract DocumentsTest is Fixture {
    function _put(bytes32 name, string memory uri, bytes32 hash) private {
        vm.prank(agent);
        token.setDocument(name, uri, hash);
    }

    function test_1643_id_is_that_of_the_standard() public view {
        same(uint32(type(IERC1643).interfaceId), 0xecfecec8, "id");
        yes(token.supportsInterface(0xecfecec8), "claimed");
    }

    function test_1643_set_logs_and_answers() public {
        vm.expectEmit(address(token));
        emit IERC1643.DocumentUpdated("terms", "ipfs://1", "hash");
        _put("terms", "ipfs://1", "hash");
        (string memory uri, bytes32 hash, uint256 modified) = token.getDocument("terms");
        same(uint256(keccak256(bytes(uri))), uint256(keccak256("ipfs://1")), "uri");
        same(uint256(hash), uint256(bytes32("hash")), "hash");
        same(modified, START, "modified");
    }

    function test_1643_a_new_version_replaces_and_is_listed_once() public {
        _put("terms", "ipfs://1", "a");
        vm.warp(START + 5);
        _put("terms", "", 0);
        (string memory uri, bytes32 hash, uint256 modified) = token.getDocument("terms");
        same(bytes(uri).length, 0, "uri");
        same(uint256(hash), 0, "hash");
        same(modified, START + 5, "modified");
        same(token.getAllDocuments().length, 1, "listed");
    }

    function testFuzz_1643_the_list_is_what_was_set_and_not_removed(uint8 removed) public {
        bytes32[4] memory names = [bytes32("a"), "b", "c", "d"];
        for (uint256 i = 0; i < 4; ++i) {
            _put(names[i], "u", names[i]);
        }
        uint256 left = 4;
        for (uint256 i = 0; i < 4; ++i) {
            if ((removed >> i) & 1 == 0) continue;
            vm.expectEmit(address(token));
            emit IERC1643.DocumentRemoved(names[i], "u", names[i]);
            vm.prank(agent);
            token.removeDocument(names[i]);
            --left;
        }
        bytes32[] memory list = token.getAllDocuments();
        same(list.length, left, "length");
        for (uint256 i = 0; i < list.length; ++i) {
            (, bytes32 hash, uint256 modified) = token.getDocument(list[i]);
            same(uint256(hash), uint256(list[i]), "hash");
            same(modified, START, "modified");
        }
        for (uint256 i = 0; i < 4; ++i) {
            if ((removed >> i) & 1 != 0) _put(names[i], "u", names[i]);
        }
        same(token.getAllDocuments().length, 4, "set again");
    }

    function test_1643_refuses_no_name_and_what_is_not_there() public {
        vm.expectRevert(abi.encodeWithSelector(IERC1643.ERC1643InvalidName.selector));
        _put(0, "u", "h");
        vm.expectRevert(abi.encodeWithSelector(IERC1643.ERC1643MissingDocument.selector));
        vm.prank(agent);
        token.removeDocument("x");
        (string memory uri,, uint256 modified) = token.getDocument("x");
        same(bytes(uri).length + modified, 0, "a question about nothing does not revert");
    }

    function test_1643_needs_the_document_power_and_has_forms_with_a_paper() public {
        expectPowerMissing(issuer, Power.DOCUMENT);
        vm.prank(issuer);
        token.setDocument("a", "u", "h");
        vm.startPrank(agent);
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(REF, agent, bytes4(keccak256("setDocument(bytes32,string,bytes32,bytes32)")));
        token.setDocument("a", "u", "h", REF);
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(REF, agent, bytes4(keccak256("removeDocument(bytes32,bytes32)")));
        token.removeDocument("a", REF);
        vm.stopPrank();
    }
}
