// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Domain} from "./Domain.sol";
import {TokenStorage} from "./TokenStorage.sol";

/// @notice Allowances by transaction (ERC-20) and by signature (ERC-2612).
abstract contract Allowances is TokenStorage, Domain, IERC20Permit {
    bytes32 private constant _PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);

    /// @inheritdoc IERC20Permit
    function permit(address owner_, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        bytes32 structHash = keccak256(abi.encode(_PERMIT, owner_, spender, value, _nonces[owner_]++, deadline));
        address signer = ECDSA.recover(_typedDigest(structHash), v, r, s);
        if (signer != owner_) revert ERC2612InvalidSigner(signer, owner_);
        _approve(owner_, spender, value);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address account) external view returns (uint256) {
        return _nonces[account];
    }

    /// @inheritdoc IERC20Permit
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparator();
    }

    function _approve(address owner_, address spender, uint256 value) internal {
        if (spender == address(0)) revert IERC20Errors.ERC20InvalidSpender(spender);
        _allowances[owner_][spender] = value;
        emit IERC20.Approval(owner_, spender, value);
    }

    /// @dev Called with value <= allowance. The largest allowance is never lowered.
    function _spendAllowance(address owner_, address spender, uint256 value) internal {
        uint256 allowed = _allowances[owner_][spender];
        if (allowed != type(uint256).max) _allowances[owner_][spender] = allowed - value;
    }
}
