"""Checks a bundle with nothing but the bundle, and the key of the log where the auditor has it from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from contracts.vocabulary import id_of
from infra.bundle import FORMAT, Body, Bundle, bundle_of, canonical
from infra.checkpoints import Checkpoint, NoteRefused, VerifierKey, open_checkpoint, parse_key
from infra.event_store.verification import ChainBroken, verify_stream
from infra.merkle import leaf_hash, verify_inclusion
from infra.verify_page import BEGINS, NotAPage, around, embedded, taken_apart
from infra.withholding import accounted_for

if TYPE_CHECKING:
    from infra.bundle import BundledFact

BUNDLE_BYTES_MAX = 256 * 1024 * 1024


class BundleAltered(Exception):  # noqa: N818
    """A bundle is not what was exported. `place`: the first part of it that is not right."""

    def __init__(self, place: str, detail: str) -> None:
        super().__init__(f"{place}: {detail}")
        self.place = place


class SignedByAnother(Exception):  # noqa: N818
    """A bundle is right by itself, but its log is not signed by the key that the auditor knows."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a bundle that is right says. `withheld`: versions of which an envelope was taken away, as a fact says."""

    body: Body
    checkpoint: Checkpoint
    withheld: tuple[int, ...]


def verify_bundle(file: bytes, *, key: VerifierKey | None = None) -> Verified:
    """Check everything that a bundle's file lets check. `key`: the log's as the auditor knows it.

    Raises:
        BundleAltered: at the first place that is not right; what cannot be read counts as altered.
        SignedByAnother: all of it is right, but not signed by `key`.
    """
    body = _read(file)
    checkpoint = _checkpoint(body)
    stored = []
    for fact in body.facts:
        try:
            stored.append(fact.stored())
        except (ValueError, OverflowError) as error:
            raise BundleAltered(_place(fact), str(error)) from error
    try:
        withheld = verify_stream(stored)
    except (ChainBroken, msgspec.DecodeError) as error:
        raise BundleAltered("facts", str(error)) from error
    accounted = accounted_for((fact.version, fact.clear) for fact in body.facts)
    for version in withheld:
        if version not in accounted:
            raise BundleAltered(_place(body.facts[version - 1]), "its content was taken away, and no fact says so")
    _check_places(body, checkpoint)
    _check_case(body)
    for agent_id, ref in body.agents.items():
        if id_of("agent", ref) != agent_id:
            raise BundleAltered("agents", f"{ref!r} is not the agent of that id")
    if key is not None:
        _check_signer(body, key)
    return Verified(body, checkpoint, withheld)


def _read(file: bytes) -> Body:
    """The body, once the file was found to be written as one is written.

    Raises:
        BundleAltered: it is not.
    """
    if len(file) > BUNDLE_BYTES_MAX:
        raise BundleAltered("file", f"longer than {BUNDLE_BYTES_MAX} bytes")
    page: str | None = None
    written = file.removesuffix(b"\n")
    if file.startswith(BEGINS):
        try:
            before, written, after = taken_apart(file)
        except NotAPage as error:
            raise BundleAltered("page", str(error)) from error
        page = around(before, after)
    try:
        bundle = msgspec.json.decode(written, type=Bundle)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BundleAltered("file", f"no bundle: {error}") from error
    if bundle.format != FORMAT:
        raise BundleAltered("format", f"not {FORMAT}")
    again = canonical(bundle)
    if (embedded(again) if page is not None else again) != written or (page is None and file != again + b"\n"):
        raise BundleAltered("file", "not written as a bundle is written")
    if bundle_of(bundle.body) != bundle:
        raise BundleAltered("digest", "it does not belong to the body")
    if bundle.body.page != page:
        raise BundleAltered("page", "what surrounds the bundle is not what it was exported with")
    return bundle.body


def _checkpoint(body: Body) -> Checkpoint:
    try:
        key = parse_key(body.vkey)
    except NoteRefused as error:
        raise BundleAltered("vkey", str(error)) from error
    try:
        return open_checkpoint(body.checkpoint, key)
    except NoteRefused as error:
        raise BundleAltered("checkpoint", str(error)) from error


def _check_signer(body: Body, key: VerifierKey) -> None:
    try:
        open_checkpoint(body.checkpoint, key)
    except NoteRefused as error:
        raise SignedByAnother(f"{error}; it is signed by {body.vkey}") from error


def _check_places(body: Body, checkpoint: Checkpoint) -> None:
    """Each fact's leaf is in the log at the fact's own position."""
    taken = set()
    for fact in body.facts:
        if fact.position in taken:
            raise BundleAltered(_place(fact), f"position {fact.position} is taken")
        taken.add(fact.position)
        try:
            path = [bytes.fromhex(node) for node in fact.inclusion_path]
        except ValueError as error:
            raise BundleAltered(_place(fact), "inclusion_path is no list of hashes") from error
        leaf = leaf_hash(bytes.fromhex(fact.hash))
        if not verify_inclusion(leaf, fact.position - 1, checkpoint.size, path, checkpoint.root):
            raise BundleAltered(_place(fact), f"it is not in the signed log at position {fact.position}")


def _check_case(body: Body) -> None:
    """The facts are those of the case that the bundle names."""
    if not body.facts:
        raise BundleAltered("facts", "there are none")
    try:
        number = msgspec.json.decode(body.facts[0].clear, type=_Numbered).number
    except msgspec.DecodeError:
        number = None
    if body.facts[0].stream_id != body.case.id or number != body.case.number:
        raise BundleAltered("case", "the facts are not those of the case it names")


class _Numbered(msgspec.Struct):
    """The first fact of a case says its number."""

    number: str


def _place(fact: BundledFact) -> str:
    return f"fact {fact.version} ({fact.topic})"
