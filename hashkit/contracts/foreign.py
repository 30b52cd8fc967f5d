"""Questions to contracts that are not ours: the standards that a stranger's token may answer. Floor 1.

Written from the texts of the standards (ERC-165, 1404, 1643, 1967, 2612, 3643, 5267, 7943, OpenZeppelin's Ownable and
AccessControl, the OP Stack's dispute games). Nobody must answer them; whoever asks takes a refusal for "it does not
have this".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hashkit.contracts.abi import decode, encode
from hashkit.contracts.call import Query
from hashkit.contracts.hashing import checksum, keccak
from hashkit.contracts.word import count_words

T = TypeVar("T")

ERC1967_IMPLEMENTATION = 0x360894A13BA1A3210667C828492DB98DCA3E2076CC3735A920A3CA505D382BBC
ERC1967_BEACON = 0xA3F0AD74E5423AEBFD80D3EF4346578335A9A72AEAEE59FF6CB3582B35133D50
ERC1967_ADMIN = 0xB53127684A568B3173AE13B9F8A6016E243E63B6E8EE1178D6A717850B5D6103
"""Storage slots of ERC-1967."""

ACCESS_CONTROL = "7965db0b"
ERC7943_FUNGIBLE = "3edbb4c4"
"""Interface ids."""


class _Asked:
    """A contract of somebody else, at ``address``."""

    def __init__(self, address: str) -> None:
        self.address = address

    def _ask(
        self, signature: str, values: Sequence[Any], returns: list[str], read: Callable[[Any], T], nth: int = 0
    ) -> Query[T]:
        name, _, rest = signature.partition("(")
        types = [kind for kind in rest[:-1].split(",") if kind]
        data = keccak(signature.encode())[:4] + encode(types, values)
        words = count_words(tuple(returns))
        return Query(self.address, data, "contract", name, lambda answer: read(decode(returns, answer)[nth]), words)


class Foreign(_Asked):
    """A token, or a contract beside one."""

    def owner(self) -> Query[str]:
        """Ownable (ERC-173)."""
        return self._ask("owner()", (), ["address"], checksum)

    def pending_owner(self) -> Query[str]:
        """Ownable in two steps: who may become the owner."""
        return self._ask("pendingOwner()", (), ["address"], checksum)

    def safe_owners(self) -> Query[tuple[str, ...]]:
        """A Safe: whose keys it has."""
        return self._ask("getOwners()", (), ["address[]"], lambda found: tuple(map(checksum, found)))

    def safe_threshold(self) -> Query[int]:
        """A Safe: how many of its keys must sign."""
        return self._ask("getThreshold()", (), ["uint256"], int)

    def minimum_delay(self) -> Query[int]:
        """OpenZeppelin's TimelockController: seconds between scheduling and doing."""
        return self._ask("getMinDelay()", (), ["uint256"], int)

    def supports(self, interface: str) -> Query[bool]:
        """ERC-165; ``interface`` is 8 hex digits."""
        return self._ask("supportsInterface(bytes4)", (bytes.fromhex(interface),), ["bool"], bool)

    def has_role(self, role: str, account: str) -> Query[bool]:
        """AccessControl; ``role`` is 32 bytes in 0x-hex."""
        return self._ask("hasRole(bytes32,address)", (bytes.fromhex(role[2:]), account), ["bool"], bool)

    def is_agent(self, account: str) -> Query[bool]:
        """ERC-3643's AgentRole."""
        return self._ask("isAgent(address)", (account,), ["bool"], bool)

    def paused(self) -> Query[bool]:
        """ERC-3643 and OpenZeppelin's Pausable."""
        return self._ask("paused()", (), ["bool"], bool)

    def is_frozen(self, account: str) -> Query[bool]:
        """ERC-3643."""
        return self._ask("isFrozen(address)", (account,), ["bool"], bool)

    def frozen_tokens(self, account: str) -> Query[int]:
        """ERC-3643: the frozen amount, in smallest units."""
        return self._ask("getFrozenTokens(address)", (account,), ["uint256"], int)

    def identity_registry(self) -> Query[str]:
        """ERC-3643."""
        return self._ask("identityRegistry()", (), ["address"], checksum)

    def compliance(self) -> Query[str]:
        """ERC-3643."""
        return self._ask("compliance()", (), ["address"], checksum)

    def is_verified(self, account: str) -> Query[bool]:
        """ERC-3643's identity registry: this wallet may hold now."""
        return self._ask("isVerified(address)", (account,), ["bool"], bool)

    def restriction(self, sender: str, receiver: str, amount: int) -> Query[int]:
        """ERC-1404: a code, 0 when the transfer may pass; ``amount`` in smallest units."""
        question = (sender, receiver, amount)
        return self._ask("detectTransferRestriction(address,address,uint256)", question, ["uint8"], int)

    def restriction_message(self, code: int) -> Query[str]:
        """ERC-1404: the words for a code."""
        return self._ask("messageForTransferRestriction(uint8)", (code,), ["string"], str)

    def domain_separator(self) -> Query[bytes]:
        """ERC-2612."""
        return self._ask("DOMAIN_SEPARATOR()", (), ["bytes32"], bytes)

    def documents(self) -> Query[int]:
        """ERC-1643: how many documents it lists."""
        return self._ask("getAllDocuments()", (), ["bytes32[]"], len)

    def implementation(self) -> Query[str]:
        """What a beacon, or T-REX's implementation authority for tokens, has its proxies run."""
        return self._ask("implementation()", (), ["address"], checksum)

    def implementation_authority(self) -> Query[str]:
        """T-REX's proxies: who names the code they run."""
        return self._ask("getImplementationAuthority()", (), ["address"], checksum)

    def token_implementation(self) -> Query[str]:
        """T-REX's implementation authority: the code that token proxies run."""
        return self._ask("getTokenImplementation()", (), ["address"], checksum)


class DisputeGameFactory(_Asked):
    """The OP Stack's factory of dispute games, on L1."""

    def count(self) -> Query[int]:
        """How many games there are."""
        return self._ask("gameCount()", (), ["uint256"], int)

    def game(self, index: int) -> Query[str]:
        """The game at an index, from 0."""
        name = "gameAtIndex(uint256)"
        return self._ask(name, (index,), ["uint32", "uint64", "address"], checksum, nth=2)


class DisputeGame(_Asked):
    """One claim about an output root, and how the dispute about it stands."""

    def l2_block(self) -> Query[int]:
        """The L2 block that it is about."""
        return self._ask("l2BlockNumber()", (), ["uint256"], int)

    def root_claim(self) -> Query[bytes]:
        """The output root that it claims, 32 bytes."""
        return self._ask("rootClaim()", (), ["bytes32"], bytes)

    def status(self) -> Query[int]:
        """0 in dispute, 1 when the challenger wins, 2 when the defender does."""
        return self._ask("status()", (), ["uint8"], int)
