// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The one word of a rule book that every movement reads.
///
///   bits    field
///   0-127   most units of one investor over all wallets, smallest units; 0: no limit
///   128-159 generation      counters of an older one are worth nothing
///   160-167 denomination    power of ten
///   168-207 denomination    factor; 0: none
///   208-239 holding period  seconds; 0: none
///   240     counting        some rule needs to know what each investor holds
///   241     armed           the counters are proved right
///   242-246 which further rules are on; their limits lie in slots of their own
///   247     initialised
library RuleWord {
    uint256 internal constant COUNTING = 1 << 240;
    uint256 internal constant ARMED = 1 << 241;
    uint256 internal constant MINIMUM = 1 << 242;
    uint256 internal constant HOLDERS = 1 << 243;
    uint256 internal constant HOLDERS_COUNTRY = 1 << 244;
    uint256 internal constant VELOCITY = 1 << 245;
    uint256 internal constant SANCTIONS = 1 << 246;
    uint256 internal constant INITIALISED = 1 << 247;

    /// @dev A word without these asks nothing of amount and wallets alone, whatever anybody holds.
    uint256 internal constant PLAIN = SANCTIONS | _HOLDING | (_FACTOR << 168);
    /// @dev A word without these counts for the units per investor alone.
    uint256 internal constant FURTHER = MINIMUM | HOLDERS | HOLDERS_COUNTRY | VELOCITY;

    uint256 private constant _LOWER = 160; // bits of limit and generation
    uint256 private constant _MAX_UNITS = type(uint128).max;
    uint256 private constant _GENERATION = uint256(type(uint32).max) << 128;
    uint256 private constant _DENOMINATION = uint256(type(uint48).max) << 160;
    uint256 private constant _FACTOR = type(uint40).max;
    uint256 private constant _HOLDING = uint256(type(uint32).max) << 208;

    /// @dev The units per investor are all there is to weigh, and their counters are right. Whatever else is on has a bit above.
    function unitsAlone(uint256 rules) internal pure returns (bool) {
        return rules >> _LOWER == (INITIALISED | COUNTING | ARMED) >> _LOWER;
    }

    function maxUnits(uint256 rules) internal pure returns (uint256) {
        return rules & _MAX_UNITS;
    }

    function generation(uint256 rules) internal pure returns (uint256) {
        return (rules & _GENERATION) >> 128;
    }

    function holdingPeriod(uint256 rules) internal pure returns (uint256) {
        return (rules & _HOLDING) >> 208;
    }

    function denomination(uint256 rules) internal pure returns (uint256) {
        uint256 factor = (rules >> 168) & _FACTOR;
        return factor == 0 ? 0 : factor * 10 ** ((rules >> 160) & type(uint8).max);
    }

    function with(uint256 rules, uint256 flag, bool on) internal pure returns (uint256) {
        return on ? rules | flag : rules & ~flag;
    }

    function withMaxUnits(uint256 rules, uint128 units) internal pure returns (uint256) {
        return (rules & ~_MAX_UNITS) | units;
    }

    /// @dev Reverts instead of coming back to generations that were used: 2^32 presets are out of reach.
    function nextGeneration(uint256 rules) internal pure returns (uint256) {
        uint256 next = generation(rules) + 1;
        assert(next <= type(uint32).max);
        return (rules & ~_GENERATION) | (next << 128);
    }

    function withHoldingPeriod(uint256 rules, uint32 period) internal pure returns (uint256) {
        return (rules & ~_HOLDING) | (uint256(period) << 208);
    }

    /// @dev A round number fits the word; `fits` is false for one with more than about twelve digits before its zeros.
    function withDenomination(uint256 rules, uint128 units) internal pure returns (bool fits, uint256) {
        (uint256 factor, uint256 power) = (units, 0);
        while (factor != 0 && factor % 10 == 0) {
            (factor, power) = (factor / 10, power + 1);
        }
        if (factor > _FACTOR) return (false, rules);
        return (true, (rules & ~_DENOMINATION) | (factor << 168) | (power << 160));
    }
}
