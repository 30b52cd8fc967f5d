// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The interface that sanctions oracles share.
interface ISanctionsOracle {
    function isSanctioned(address account) external view returns (bool);
}

/// @notice A sanctions oracle, asked live. One that fails, answers nonsense or takes too much gas counts as a listing.
library Sanctions {
    uint256 private constant _GAS = 60_000; // a proxy, a mapping and room; also bounds what its answer can cost

    function lists(address oracle, address account) internal view returns (bool) {
        if (account == address(0)) return false;
        (bool ok, bytes memory answer) =
            oracle.staticcall{gas: _GAS}(abi.encodeCall(ISanctionsOracle.isSanctioned, (account)));
        return !ok || answer.length != 32 || abi.decode(answer, (uint256)) != 0;
    }
}
