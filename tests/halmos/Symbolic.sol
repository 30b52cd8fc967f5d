// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture} from "../forge/Fixture.sol";
import {AgentGrant, TokenTerms} from "../../contracts/interfaces/Types.sol";

/// @notice The state every symbolic property starts from: the real contracts out of the real factory, alice, bob and carol
///         admitted, nothing issued. A property issues symbolic amounts itself, so that it holds for every balance.
/// @dev halmos looks for a failed `assert` on any path; a revert ends a path and shows nothing. Calls whose refusal matters go
///      through `_try`.
abstract contract Symbolic is Fixture {
    function terms() internal view virtual override returns (TokenTerms memory t) {
        t = super.terms();
        t.cap = type(uint128).max;
        t.agents = new AgentGrant[](1);
        t.agents[0] = AgentGrant(agent, AGENT_POWERS);
    }

    /// What `from` gets when he calls the token with `data`.
    function _try(address from, bytes memory data) internal returns (bool ok) {
        vm.prank(from);
        (ok,) = address(token).call(data);
    }

    /// Two balances whose sum fits under the cap.
    function _give(address one, uint128 a, address other, uint128 b) internal {
        vm.assume(uint256(a) + b <= type(uint128).max);
        give(one, a);
        give(other, b);
    }
}
