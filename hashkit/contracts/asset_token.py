"""The typed face of a tranche, both halves. Floor 1. Amounts are integers in the smallest unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hashkit.contracts.abi import Face
from hashkit.contracts.call import Call, Query
from hashkit.contracts.hashing import checksum
from hashkit.domain.orders import Order, OrderState
from hashkit.domain.parties import Power
from hashkit.domain.verdict import Kind

NO_REF = bytes(32)


class AssetToken(Face):
    """Movements, orders, acts of authority and questions of one token."""

    contracts = ("AssetToken", "AssetTokenControl")

    # movements

    def transfer(self, to: str, amount: int) -> Call:
        """The sender's own units to ``to``."""
        return self._call("transfer(address,uint256)", to, amount)

    def transfer_from(self, sender: str, to: str, amount: int) -> Call:
        """Units of ``sender``, by an allowance."""
        return self._call("transferFrom(address,address,uint256)", sender, to, amount)

    def batch_transfer(self, to: Sequence[str], amounts: Sequence[int]) -> Call:
        """The sender's own units to many receivers."""
        return self._call("batchTransfer(address[],uint256[])", list(to), list(amounts))

    def approve(self, spender: str, amount: int) -> Call:
        """Lets ``spender`` move up to ``amount``."""
        return self._call("approve(address,uint256)", spender, amount)

    def permit(self, owner: str, spender: str, amount: int, deadline: int, v: int, r: bytes, s: bytes) -> Call:
        """ERC-2612: the owner's signed allowance."""
        signature = "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"
        return self._call(signature, owner, spender, amount, deadline, v, r, s)

    def redeem(self, holder: str, amount: int, ref: bytes) -> Call:
        """Ends units of ``holder`` against the paper ``ref`` (32 bytes, consumed once)."""
        return self._call("redeem(address,uint256,bytes32)", holder, amount, ref)

    # orders

    def open_order(self, order: Order) -> Call:
        """Opens an approved order; the sender is the approver."""
        return self._call(f"openOrder({_ORDER})", _order(order))

    def open_order_by_sig(self, order: Order, approver: str, signature: bytes) -> Call:
        """Opens an order that ``approver`` signed (EIP-712)."""
        return self._call(f"openOrderBySig({_ORDER},address,bytes)", _order(order), approver, signature)

    def issue(
        self, order_id: bytes, first_row: int, packed: Sequence[bytes], proof: Sequence[bytes], skip: bool
    ) -> Call:
        """Issues one chunk of an opened order; ``packed`` are its rows, see ``hashing.packed_row``."""
        signature = "issue(bytes32,uint256,bytes32[],bytes32[],bool)"
        return self._call(signature, order_id, first_row, list(packed), list(proof), skip)

    def close_order(self, order_id: bytes) -> Call:
        """Closes an order for ever."""
        return self._call("closeOrder(bytes32)", order_id)

    def order_of(self, order_id: bytes) -> Query[OrderState]:
        """An order as the contract holds it; ``row_count`` 0: not opened."""
        return self._query("orderOf(bytes32)", order_id, read=_order_state)

    def ref_consumed(self, ref: bytes) -> Query[bool]:
        """Whether a redemption used this ref."""
        return self._query("refConsumed(bytes32)", ref, read=bool)

    # acts of authority; ``ref`` is 32 bytes

    def pause(self, on: bool, ref: bytes) -> Call:
        """Pauses or unpauses moves."""
        return self._call(f"{'pause' if on else 'unpause'}(bytes32)", ref)

    def halt(self, on: bool, ref: bytes) -> Call:
        """Stops everything, or ends the halt."""
        return self._call(f"{'halt' if on else 'unhalt'}(bytes32)", ref)

    def set_address_frozen(self, account: str, frozen: bool, ref: bytes) -> Call:
        """Freezes an account, or lifts the freeze."""
        return self._call("setAddressFrozen(address,bool,bytes32)", account, frozen, ref)

    def set_frozen_tokens(self, account: str, amount: int, ref: bytes) -> Call:
        """Sets the frozen amount of an account; it may exceed the balance."""
        return self._call("setFrozenTokens(address,uint256,bytes32)", account, amount, ref)

    def freeze_partial_tokens(self, account: str, amount: int, ref: bytes) -> Call:
        """Freezes ``amount`` more."""
        return self._call("freezePartialTokens(address,uint256,bytes32)", account, amount, ref)

    def unfreeze_partial_tokens(self, account: str, amount: int, ref: bytes) -> Call:
        """Frees ``amount``."""
        return self._call("unfreezePartialTokens(address,uint256,bytes32)", account, amount, ref)

    def forced_transfer(self, sender: str, to: str, amount: int, ref: bytes) -> Call:
        """Moves units without the holder."""
        return self._call("forcedTransfer(address,address,uint256,bytes32)", sender, to, amount, ref)

    def burn(self, holder: str, amount: int, ref: bytes) -> Call:
        """Ends units of a holder by an order of a court."""
        return self._call("burn(address,uint256,bytes32)", holder, amount, ref)

    def recover(self, lost: str, to: str, investor: str, ref: bytes) -> Call:
        """Moves what a lost wallet holds to another one of ``investor``, or proposes that."""
        return self._call("recoveryAddress(address,address,address,bytes32)", lost, to, investor, ref)

    def cancel_recovery(self, lost: str, ref: bytes) -> Call:
        """Stops a proposed recovery."""
        return self._call("cancelRecovery(address,bytes32)", lost, ref)

    # acts of authority, many at once

    def batch_forced_transfer(
        self, senders: Sequence[str], to: Sequence[str], amounts: Sequence[int], ref: bytes
    ) -> Call:
        """Moves units without the holders."""
        signature = "batchForcedTransfer(address[],address[],uint256[],bytes32)"
        return self._call(signature, list(senders), list(to), list(amounts), ref)

    def batch_burn(self, holders: Sequence[str], amounts: Sequence[int], ref: bytes) -> Call:
        """Ends units of many holders by an order of a court."""
        return self._call("batchBurn(address[],uint256[],bytes32)", list(holders), list(amounts), ref)

    def batch_set_address_frozen(self, accounts: Sequence[str], frozen: Sequence[bool], ref: bytes) -> Call:
        """Freezes accounts, or lifts the freezes."""
        return self._call("batchSetAddressFrozen(address[],bool[],bytes32)", list(accounts), list(frozen), ref)

    def batch_freeze_partial_tokens(self, accounts: Sequence[str], amounts: Sequence[int], ref: bytes) -> Call:
        """Freezes more of many accounts."""
        return self._call("batchFreezePartialTokens(address[],uint256[],bytes32)", list(accounts), list(amounts), ref)

    def batch_unfreeze_partial_tokens(self, accounts: Sequence[str], amounts: Sequence[int], ref: bytes) -> Call:
        """Frees amounts of many accounts."""
        signature = "batchUnfreezePartialTokens(address[],uint256[],bytes32)"
        return self._call(signature, list(accounts), list(amounts), ref)

    # documents; a name is 32 bytes

    def set_document(self, name: bytes, uri: str, document_hash: bytes, ref: bytes) -> Call:
        """Sets or replaces the document of a name."""
        return self._call("setDocument(bytes32,string,bytes32,bytes32)", name, uri, document_hash, ref)

    def remove_document(self, name: bytes, ref: bytes) -> Call:
        """Takes the document of a name off."""
        return self._call("removeDocument(bytes32,bytes32)", name, ref)

    # the mint window

    def set_mint_window(self, size: int, period: int) -> Call:
        """Narrows the window, or proposes a wider one; ``period`` in seconds; 0, 0: no window."""
        return self._call("setMintWindow(uint96,uint24)", size, period)

    def apply_mint_window(self) -> Call:
        """Applies the wider window that the owner proposed."""
        return self._call("applyMintWindow()")

    def cancel_mint_window(self) -> Call:
        """Drops the wider window that the owner proposed."""
        return self._call("cancelMintWindow()")

    # the token itself

    def set_name(self, name: str) -> Call:
        """Another name."""
        return self._call("setName(string)", name)

    def set_symbol(self, symbol: str) -> Call:
        """Another symbol."""
        return self._call("setSymbol(string)", symbol)

    def set_onchain_id(self, onchain_id: str) -> Call:
        """The token's own ONCHAINID; nothing here reads it."""
        return self._call("setOnchainID(address)", onchain_id)

    def name_successor(self, token: str) -> Call:
        """Names the token that takes over from this halted one."""
        return self._call("nameSuccessor(address)", token)

    # rules, powers, slots

    def set_cap(self, cap: int) -> Call:
        """Largest total supply."""
        return self._call("setCap(uint128)", cap)

    def set_mode(self, mode: int) -> Call:
        """As ``domain.terms.MODES`` counts: 0 open."""
        return self._call("setMode(uint8)", mode)

    def set_role_matrix(self, matrix: int) -> Call:
        """Which class may move to which, in the mode of that name; see ``domain.parties.matrix_bits``."""
        return self._call("setRoleMatrix(uint16)", matrix)

    def set_lock_up(self, until: int) -> Call:
        """No moves before ``until`` (unix seconds)."""
        return self._call("setLockUp(uint40)", until)

    def set_classes(self, mask: int) -> Call:
        """Bit n: investor class n may hold; 0: every class."""
        return self._call("setClasses(uint16)", mask)

    def set_country_list(self, on: bool) -> Call:
        """Whether only listed countries may hold."""
        return self._call("setCountryList(bool)", on)

    def allow_countries(self, countries: Sequence[int], allowed: bool) -> Call:
        """Adds countries (ISO numeric) to the list, or takes them off."""
        return self._call("allowCountries(uint16[],bool)", list(countries), allowed)

    def set_identity_registry(self, candidate: str) -> Call:
        """Proposes another registry for the slot."""
        return self._call("setIdentityRegistry(address)", candidate)

    def set_compliance(self, candidate: str) -> Call:
        """Proposes another compliance contract for the slot; zero: none."""
        return self._call("setCompliance(address)", candidate)

    def apply_identity_registry(self) -> Call:
        """Puts the proposed registry in, after the delay."""
        return self._call("applyIdentityRegistry()")

    def apply_compliance(self) -> Call:
        """Puts the proposed compliance contract in, after the delay."""
        return self._call("applyCompliance()")

    def cancel_identity_registry(self) -> Call:
        """Drops the proposed registry."""
        return self._call("cancelIdentityRegistry()")

    def cancel_compliance(self) -> Call:
        """Drops the proposed compliance contract."""
        return self._call("cancelCompliance()")

    def grant_powers(self, agent: str, powers: Power) -> Call:
        """Adds powers to an agent."""
        return self._call("grantPowers(address,uint256)", agent, int(powers))

    def revoke_powers(self, agent: str, powers: Power) -> Call:
        """Takes powers from an agent."""
        return self._call("revokePowers(address,uint256)", agent, int(powers))

    def transfer_ownership(self, owner: str) -> Call:
        """Proposes another owner."""
        return self._call("transferOwnership(address)", owner)

    def accept_ownership(self) -> Call:
        """The proposed owner accepts."""
        return self._call("acceptOwnership()")

    # questions

    def pending_recovery(self, lost: str) -> Query[tuple[str, int]]:
        """The wallet proposed to take over, and from when on (unix seconds; 0: nothing proposed)."""
        return self._query("pendingRecovery(address)", lost, read=_proposal)

    def pending_identity_registry(self) -> Query[tuple[str, int]]:
        """The registry proposed, and from when on (unix seconds; 0: nothing proposed)."""
        return self._query("pendingIdentityRegistry()", read=_proposal)

    def pending_compliance(self) -> Query[tuple[str, int]]:
        """The compliance contract proposed, and from when on (unix seconds; 0: nothing proposed)."""
        return self._query("pendingCompliance()", read=_proposal)

    def slot_delay(self) -> Query[int]:
        """Seconds between proposing and applying."""
        return self._query("slotDelay()", read=int)

    def mint_window(self) -> Query[tuple[int, int, int]]:
        """Size, period in seconds (0: no window) and what may come into being now."""
        return self._query("mintWindow()", read=_three)

    def pending_mint_window(self) -> Query[tuple[int, int, int]]:
        """The wider window proposed: size, period, and from when on (unix seconds; 0: nothing proposed)."""
        return self._query("pendingMintWindow()", read=_three)

    def document(self, name: bytes) -> Query[tuple[str, bytes, int]]:
        """Place, hash and time (unix seconds; 0: no such document); the place is hostile text until shown safely."""
        return self._query("getDocument(bytes32)", name, read=_document)

    def documents(self) -> Query[tuple[bytes, ...]]:
        """The names of all documents."""
        return self._query("getAllDocuments()", read=tuple)

    def successor(self) -> Query[str]:
        """The token that takes over, zero when none is named."""
        return self._query("successor()", read=checksum)

    def explain_movement(self, kind: Kind, sender: str, to: str, amount: int) -> Query[int]:
        """The verdict's mask on a movement through the door ``kind``."""
        return self._query("explainMovement(uint8,address,address,uint256)", int(kind), sender, to, amount, read=int)

    def explain_from(self, spender: str, sender: str, to: str, amount: int) -> Query[int]:
        """The verdict's mask on a transferFrom."""
        return self._query("explainFrom(address,address,address,uint256)", spender, sender, to, amount, read=int)

    def balance_of(self, account: str) -> Query[int]:
        """Units of an account."""
        return self._query("balanceOf(address)", account, read=int)

    def frozen_tokens(self, account: str) -> Query[int]:
        """Frozen amount of an account."""
        return self._query("getFrozenTokens(address)", account, read=int)

    def is_frozen(self, account: str) -> Query[bool]:
        """Whether the account is frozen as a whole."""
        return self._query("isFrozen(address)", account, read=bool)

    def total_supply(self) -> Query[int]:
        """Units outstanding."""
        return self._query("totalSupply()", read=int)

    def cap(self) -> Query[int]:
        """Largest total supply."""
        return self._query("cap()", read=int)

    def name(self) -> Query[str]:
        """Name of the token; hostile text until shown safely."""
        return self._query("name()", read=str)

    def symbol(self) -> Query[str]:
        """Symbol of the token; hostile text until shown safely."""
        return self._query("symbol()", read=str)

    def decimals(self) -> Query[int]:
        """Decimals of the token."""
        return self._query("decimals()", read=int)

    def paused(self) -> Query[bool]:
        """Whether moves are paused."""
        return self._query("paused()", read=bool)

    def halted(self) -> Query[bool]:
        """Whether everything is stopped."""
        return self._query("halted()", read=bool)

    def mode(self) -> Query[int]:
        """As ``domain.terms.MODES`` counts: 0 open."""
        return self._query("mode()", read=int)

    def role_matrix(self) -> Query[int]:
        """Which class may move to which; see ``domain.parties.matrix_bits``."""
        return self._query("roleMatrix()", read=int)

    def lock_up_until(self) -> Query[int]:
        """Unix seconds until which nobody moves units."""
        return self._query("lockUpUntil()", read=int)

    def identity_registry(self) -> Query[str]:
        """The registry in its slot."""
        return self._query("identityRegistry()", read=checksum)

    def compliance(self) -> Query[str]:
        """The compliance contract in its slot, zero when there is none."""
        return self._query("compliance()", read=checksum)

    def control(self) -> Query[str]:
        """Where the rare half lives."""
        return self._query("control()", read=checksum)

    def deployed_block(self) -> Query[int]:
        """The block in which the token was initialised."""
        return self._query("deployedBlock()", read=int)

    def owner(self) -> Query[str]:
        """The admin."""
        return self._query("owner()", read=checksum)

    def powers_of(self, agent: str) -> Query[Power]:
        """Powers of an agent."""
        return self._query("powersOf(address)", agent, read=Power)

    def is_country_allowed(self, country: int) -> Query[bool]:
        """Whether a country (ISO numeric) may hold."""
        return self._query("isCountryAllowed(uint16)", country, read=bool)


_ORDER = "(bytes32,bytes32,bytes32,uint32,uint128,uint40)"


def _order(order: Order) -> tuple[Any, ...]:
    return (
        order.order_id,
        order.rows_root,
        order.file_hash,
        order.row_count,
        order.total.raw,
        order.deadline,
    )


def _proposal(candidate: str, ready_at: int) -> tuple[str, int]:
    return checksum(candidate), ready_at


def _three(first: int, second: int, third: int) -> tuple[int, int, int]:
    return first, second, third


def _document(uri: str, document_hash: bytes, modified: int) -> tuple[str, bytes, int]:
    return uri, document_hash, modified


def _order_state(
    rows_root: bytes, row_count: int, next_row: int, total: int, issued: int, deadline: int, closed: bool
) -> OrderState:
    return OrderState(rows_root, row_count, next_row, total, issued, deadline, closed)
