// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {IERC7943Fungible} from "../interfaces/IERC7943.sol";
import {Door} from "./Door.sol";
import {Gate} from "./Gate.sol";
import {Record} from "./Record.sol";

/// @notice Acts of authority as both halves do them: singly in the hot one, in batches in the rare one. Each leaves `Acted` with
///         the ref of its paper, or with ref 0 when it came through a standard's door.
abstract contract ActsBase is Gate {
    function _setAddressFrozen(address account, bool frozen) internal {
        uint256 record = _records[account];
        _records[account] = frozen ? record | Record.FROZEN : record & ~Record.FROZEN;
        emit IAssetTokenControl.AddressFrozen(account, frozen, msg.sender);
    }

    function _force(address from, address to, uint256 amount) internal {
        _move(Movement(Door.FORCE, msg.sender, from, to, amount));
        emit IERC7943Fungible.ForcedTransfer(from, to, amount);
    }

    function _burn(address from, uint256 amount) internal {
        _move(Movement(Door.BURN, msg.sender, from, address(0), amount));
    }

    function _acted(bytes32 ref) internal {
        emit IAssetToken.Acted(ref, msg.sender, msg.sig);
    }
}
