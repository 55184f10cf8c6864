"""Who wrote: to which customer a contact belongs, decided from the handles it came with and who holds them already.

Nothing here guesses. A handle that somebody merely typed (SELF_ASSERTED) groups contacts, but never joins what is
better assured: else anyone could type your number and read your answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import HandleAssurance, HandleKind

HandleKey = tuple[HandleKind, str]
"""A handle's kind and its normalised value: what two handles are compared by."""

_RANK = {assurance: rank for rank, assurance in enumerate(HandleAssurance)}
_ACROSS: dict[HandleKind, HandleKind] = {
    HandleKind.WHATSAPP: HandleKind.PHONE,
    HandleKind.PHONE: HandleKind.WHATSAPP,
}


class Holding(msgspec.Struct, frozen=True):
    """A customer holds a handle."""

    customer_id: UUID
    handle_id: UUID
    kind: HandleKind
    value: str
    assurance: HandleAssurance
    added_at: datetime


class Claim(msgspec.Struct, frozen=True):
    """A handle as a contact carries it: the normalised value, and as it was written."""

    kind: HandleKind
    value: str
    written: str

    @property
    def key(self) -> HandleKey:
        """What it is compared by."""
        return (self.kind, self.value)


class Link(msgspec.Struct, frozen=True):
    """The decision. `customer_id` None: somebody new. `add`: handles they get; `raised`: theirs, now better assured."""

    customer_id: UUID | None
    add: tuple[Claim, ...] = ()
    raised: tuple[UUID, ...] = ()


def is_assured(assurance: HandleAssurance) -> bool:
    """Whether it is more than somebody's word."""
    return assurance is not HandleAssurance.SELF_ASSERTED


def is_better(one: HandleAssurance, other: HandleAssurance) -> bool:
    """Whether `one` is more certain than `other`."""
    return _RANK[one] > _RANK[other]


def across(key: HandleKey) -> HandleKey | None:
    """The same telephone number as another kind of handle, or None. A platform's own user id is no number."""
    kind, value = key
    other = _ACROSS.get(kind)
    return (other, value) if other is not None and value.startswith("+") else None


def keys_to_look_up(claims: Sequence[Claim]) -> tuple[HandleKey, ...]:
    """Whose holders `link` must be given, each once."""
    keys: dict[HandleKey, None] = {}
    for claim in claims:
        keys[claim.key] = None
        crossed = across(claim.key)
        if crossed is not None:
            keys[crossed] = None
    return tuple(keys)


def link(claims: Sequence[Claim], assurance: HandleAssurance, holdings: Sequence[Holding]) -> Link:
    """To whom a contact with these handles belongs; the first is its sender's, the others are that person's aliases.

    `holdings`: of `keys_to_look_up(claims)`, self-asserted ones earliest first. Assured handles go to their assured
    holder, then to the assured holder of the same number on the other kind; typed ones to whoever holds them, adding
    nothing. A handle recorded by an agent also raises the self-asserted one of the same kind, when nobody holds it for
    sure.
    """
    if not claims:
        return Link(customer_id=None)
    if not is_assured(assurance):
        return _link_self_asserted(claims, holdings)
    customer_id = _assured_holder(claims, holdings)
    if customer_id is None and assurance is HandleAssurance.AGENT_RECORDED:
        customer_id = _first_holder(claims[0].key, holdings)
    return _with_handles(customer_id, claims, assurance, holdings)


def _link_self_asserted(claims: Sequence[Claim], holdings: Sequence[Holding]) -> Link:
    primary = claims[0].key
    holder = _assured(primary, holdings)
    customer_id = holder.customer_id if holder else _first_holder(primary, holdings)
    if customer_id is not None:
        return Link(customer_id=customer_id)
    return Link(customer_id=None, add=_each_once(claims))


def _assured_holder(claims: Sequence[Claim], holdings: Sequence[Holding]) -> UUID | None:
    for claim in claims:
        holder = _assured(claim.key, holdings)
        if holder is not None:
            return holder.customer_id
    for claim in claims:
        crossed = across(claim.key)
        holder = _assured(crossed, holdings) if crossed is not None else None
        if holder is not None:
            return holder.customer_id
    return None


def _with_handles(
    customer_id: UUID | None, claims: Sequence[Claim], assurance: HandleAssurance, holdings: Sequence[Holding]
) -> Link:
    add: list[Claim] = []
    raised: list[UUID] = []
    for claim in _each_once(claims):
        if _assured(claim.key, holdings) is not None and _own(claim.key, customer_id, holdings) is None:
            continue  # somebody else holds it for sure: a matter for a merge, not for this contact
        own = _own(claim.key, customer_id, holdings)
        if own is None:
            add.append(claim)
        elif is_better(assurance, own.assurance):
            raised.append(own.handle_id)
    return Link(customer_id=customer_id, add=tuple(add), raised=tuple(raised))


def _assured(key: HandleKey, holdings: Sequence[Holding]) -> Holding | None:
    return next((h for h in holdings if (h.kind, h.value) == key and is_assured(h.assurance)), None)


def _first_holder(key: HandleKey, holdings: Sequence[Holding]) -> UUID | None:
    return next((h.customer_id for h in holdings if (h.kind, h.value) == key), None)


def _own(key: HandleKey, customer_id: UUID | None, holdings: Sequence[Holding]) -> Holding | None:
    return next((h for h in holdings if (h.kind, h.value) == key and h.customer_id == customer_id), None)


def _each_once(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    return tuple({claim.key: claim for claim in reversed(claims)}.values())[::-1]
