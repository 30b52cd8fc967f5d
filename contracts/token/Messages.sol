// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The refusal ids in the order of the bits of `Verdict`, for ERC-1404. One text, because a table of 32 strings
///         takes three times the code.
library Messages {
    bytes private constant _IDS =
        "R-HALTED R-PAUSED R-RECEIVER R-FROZEN-FROM R-FROZEN-TO R-FROZEN-SPENDER R-DENIED-FROM "
        "R-DENIED-TO R-DENIED-SPENDER R-IDENTITY-FROM R-IDENTITY-TO R-KYC-EXPIRED-FROM R-KYC-EXPIRED-TO "
        "R-COUNTRY-FROM R-COUNTRY-TO R-CLASS-FROM R-CLASS-TO R-MODE R-LOCKUP R-CAP R-DENOMINATION "
        "R-MIN-HOLDING R-MAX-BALANCE R-HOLDERS R-HOLDERS-COUNTRY R-VELOCITY R-HOLDING-PERIOD R-SANCTIONS "
        "R-COMPLIANCE R-FROZEN-AMOUNT R-BALANCE R-ALLOWANCE ";

    /// @dev The id behind a code; a code is a bit of the verdict plus one.
    function text(uint8 code) internal pure returns (string memory) {
        if (code == 0) return "allowed";
        if (code > 32) return "unknown code";
        bytes memory ids = _IDS;
        uint256 start = 0;
        for (uint256 passed = 1; passed < code; ++start) {
            if (ids[start] == " ") ++passed;
        }
        uint256 end = start;
        while (ids[end] != " ") ++end;
        bytes memory id = new bytes(end - start);
        for (uint256 i = 0; i < id.length; ++i) {
            id[i] = ids[start + i];
        }
        return string(id);
    }
}
