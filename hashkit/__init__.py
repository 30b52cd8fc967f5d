"""hashkit: issue, service and audit permissioned tokens on an EVM chain.

The public names, and nothing else. They are imported when they are first used, so that ``import hashkit``
and ``hashkit --help`` stay quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hashkit.domain.network import Network
    from hashkit.domain.terms import AssetTerms
    from hashkit.domain.units import Units
    from hashkit.domain.verdict import Verdict
    from hashkit.errors import HashkitError, TransferRefused
    from hashkit.issuer.asset import Asset
    from hashkit.issuer.client import Hashkit
    from hashkit.issuer.plan import Plan

_HOMES = {
    "Asset": "hashkit.issuer.asset",
    "AssetTerms": "hashkit.domain.terms",
    "Hashkit": "hashkit.issuer.client",
    "HashkitError": "hashkit.errors",
    "Network": "hashkit.domain.network",
    "Plan": "hashkit.issuer.plan",
    "TransferRefused": "hashkit.errors",
    "Units": "hashkit.domain.units",
    "Verdict": "hashkit.domain.verdict",
}

__all__ = [
    "Asset",
    "AssetTerms",
    "Hashkit",
    "HashkitError",
    "Network",
    "Plan",
    "TransferRefused",
    "Units",
    "Verdict",
    "__version__",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'hashkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
