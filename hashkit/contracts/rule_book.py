"""The typed face of a rule book. Floor 1. Amounts are integers in the smallest unit."""

from __future__ import annotations

from collections.abc import Sequence

from hashkit.contracts.abi import Face
from hashkit.contracts.call import Call, Query
from hashkit.contracts.hashing import checksum


class RuleBook(Face):
    """The rules of one token that count."""

    contracts = ("RuleBook",)

    def set_max_units(self, max_units: int) -> Call:
        """Most units of one investor over all wallets; 0: no limit."""
        return self._call("setMaxUnits(uint128)", max_units)

    def set_minimum_holding(self, units: int) -> Call:
        """Least units of an investor who holds any; 0: no rule."""
        return self._call("setMinimumHolding(uint128)", units)

    def set_max_holders(self, holders: int) -> Call:
        """Most investors that hold anything; 0: no limit."""
        return self._call("setMaxHolders(uint32)", holders)

    def set_max_holders_in(self, country: int, holders: int) -> Call:
        """Most investors of a country (ISO 3166 numeric) that hold anything; 0: no limit."""
        return self._call("setMaxHoldersIn(uint16,uint32)", country, holders)

    def set_velocity(self, units: int, period: int) -> Call:
        """Most units an investor moves to others in one window of ``period`` seconds; both 0: no rule."""
        return self._call("setVelocity(uint128,uint32)", units, period)

    def set_holding_period(self, period: int) -> Call:
        """Seconds a wallet keeps everything after the last issue to it; 0: no rule."""
        return self._call("setHoldingPeriod(uint32)", period)

    def set_denomination(self, units: int) -> Call:
        """Units move in multiples of it; 0: no rule."""
        return self._call("setDenomination(uint128)", units)

    def set_sanctions_oracle(self, oracle: str) -> Call:
        """A contract with ``isSanctioned(address)``; the zero address: none."""
        return self._call("setSanctionsOracle(address)", oracle)

    def start_preset(self) -> Call:
        """Starts counting anew; the token must be halted."""
        return self._call("startPreset()")

    def preset(self, wallets: Sequence[str]) -> Call:
        """Counts wallets, in ascending order."""
        return self._call("preset(address[])", list(wallets))

    def max_units(self) -> Query[int]:
        """Most units of one investor over all wallets; 0: no limit."""
        return self._query("maxUnits()", read=int)

    def units_of(self, investor: str) -> Query[int]:
        """Units of an investor as counted."""
        return self._query("unitsOf(address)", investor, read=int)

    def armed(self) -> Query[bool]:
        """Whether the counters are proved right."""
        return self._query("armed()", read=bool)

    def minimum_holding(self) -> Query[int]:
        """Least units of an investor who holds any; 0: no rule."""
        return self._query("minimumHolding()", read=int)

    def max_holders(self) -> Query[int]:
        """Most investors that hold anything; 0: no limit."""
        return self._query("maxHolders()", read=int)

    def holders(self) -> Query[int]:
        """Investors that hold anything, as counted."""
        return self._query("holders()", read=int)

    def max_holders_in(self, country: int) -> Query[int]:
        """Most holders of a country (ISO 3166 numeric); 0: no limit."""
        return self._query("maxHoldersIn(uint16)", country, read=int)

    def holders_in(self, country: int) -> Query[int]:
        """Holders of a country, as counted."""
        return self._query("holdersIn(uint16)", country, read=int)

    def velocity(self) -> Query[tuple[int, int]]:
        """Most units per window, and its length in seconds."""
        return self._query("velocity()", read=lambda units, period: (int(units), int(period)))

    def holding_period(self) -> Query[int]:
        """Seconds; 0: no rule."""
        return self._query("holdingPeriod()", read=int)

    def denomination(self) -> Query[int]:
        """Units move in multiples of it; 0: no rule."""
        return self._query("denomination()", read=int)

    def sanctions_oracle(self) -> Query[str]:
        """Address of the oracle; the zero address: none."""
        return self._query("sanctionsOracle()", read=checksum)
