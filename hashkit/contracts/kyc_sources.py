"""The typed faces of the sources: who else may say that a wallet is verified. Floor 1."""

from __future__ import annotations

from dataclasses import dataclass

from hashkit.contracts.abi import Face
from hashkit.contracts.call import Call, Query
from hashkit.contracts.hashing import checksum


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What a source says of a wallet now. ``until`` in unix seconds; country and class 0: it does not say."""

    verified: bool
    until: int
    country: int
    investor_class: int


class Source(Face):
    """Any source, ours or a stranger's."""

    contracts = ("HashKeyKyc",)

    def check(self, wallet: str) -> Query[SourceAnswer]:
        """Its answer about ``wallet``; a call with too little gas reverts."""
        return self._query("check(address)", wallet, read=SourceAnswer)


class HashKeyKyc(Source):
    """HashKey Chain's KYC token as a source."""

    def sbt(self) -> Query[str]:
        """The KYC token it asks."""
        return self._query("sbt()", read=checksum)

    def minimum_level(self) -> Query[int]:
        """1 basic, 2 advanced, 3 premium, 4 ultimate."""
        return self._query("minimumLevel()", read=int)


class EasAttestations(Source):
    """Attestations of one attester under one schema as a source."""

    contracts = ("EasAttestations",)

    def present(self, uid: bytes) -> Call:
        """Makes the attestation ``uid`` (32 bytes) speak for its recipient; anybody may."""
        return self._call("present(bytes32)", uid)

    def uid_of(self, wallet: str) -> Query[bytes]:
        """The attestation that speaks for ``wallet``; 32 zero bytes: none was presented."""
        return self._query("uidOf(address)", wallet, read=bytes)

    def eas(self) -> Query[str]:
        """The attestation service it asks."""
        return self._query("eas()", read=checksum)

    def schema(self) -> Query[bytes]:
        """Schema of the attestations that count."""
        return self._query("schema()", read=bytes)

    def attester(self) -> Query[str]:
        """Whose attestations count."""
        return self._query("attester()", read=checksum)
