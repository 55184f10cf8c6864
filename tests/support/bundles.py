"""Bundles as an installation exports them, made without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.envelope import SealedPart
from contracts.vocabulary import NAMESPACE, id_of
from infra.bundle import Body, BundledCase, BundledFact, OpenedText, Readable, bundle_of, bundled, canonical
from infra.checkpoints import Checkpoint, VerifierKey, sign
from infra.event_store.stored_form import StoredFact, framed, seals_json
from infra.merkle import inclusion_path, leaf_hash, root_of

AT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
CASE_ID = UUID("01997d10-0000-7000-8000-000000000001")
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
ORIGIN = "eender/case"
VKEY = VerifierKey(ORIGIN, PRIVATE.public_key().public_bytes_raw()).text()
OTHER_VKEY = VerifierKey(
    ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x08" * 32).public_key().public_bytes_raw()
).text()

NASTY = '</script><!-- <b>bold</b> & "quoted" \\ \u2028\u2029 \x7f \x01 \ud83d\ude00 café\n\ttwo lines'.encode(
    "utf-16", "surrogatepass"
).decode("utf-16")

AGENT = {"kind": "AGENT", "ref": "anna", "role": "AGENT"}
ROUTING = {"kind": "SYSTEM", "ref": "case"}
PRIVACY = {"kind": "STAFF", "ref": "pia", "role": "PRIVACY"}

ASSIGNED: dict[str, object] = {
    "decision_id": str(uuid5(NAMESPACE, "decision")),
    "agent_id": str(id_of("agent", "anna")),
    "tier": "OWNER",
    "reason": "OWNER_IN_TIME",
    "policy_version": "2026-11",
    "decided_at": "2026-11-21T09:30:01Z",
    "candidates": [
        {"agent_id": str(id_of("agent", "anna")), "tier": "OWNER", "eta": "2026-11-21T09:40:00Z"},
        {"agent_id": str(id_of("agent", "bram")), "tier": "LEAST_LOADED", "rejected": "LOWER_TIER"},
        {"agent_id": str(id_of("agent", "chadia")), "tier": "RECENT", "rejected": "LANGUAGE"},
    ],
    "rejections": {"CAPACITY": 2},
}
OPENED: dict[str, object] = {
    "number": "100042",
    "customer_id": str(uuid5(NAMESPACE, "customer")),
    "contact_id": str(uuid5(NAMESPACE, "contact")),
    "channel": "WHATSAPP",
    "account": "shop-line",
    "brand": "shop",
    "language": "nl",
    "priority": "NORMAL",
    "due_at": "2026-11-22T09:30:00Z",
}
GESTURE: dict[str, object] = {
    "gesture_id": str(uuid5(NAMESPACE, "gesture")),
    "agent_ref": "anna",
    "kind": "REFUND",
    "amount_minor": 1250,
    "currency": "EUR",
    "reason": "late-delivery",
}
RESOLVED: dict[str, object] = {"customer_id": OPENED["customer_id"], "outcome": "SOLVED", "cause": "carrier-late"}

STORY: tuple[tuple[str, dict[str, object], dict[str, str], dict[str, object] | None], ...] = (
    ("case.opened.v1", OPENED, ROUTING, None),
    ("case.contact-attached.v1", {"channel": "WHATSAPP", "direction": "INBOUND"}, {"kind": "CUSTOMER", "ref": "c"},
     {"content": {"text": NASTY, "sender_name": "Sam Bakker"}}),
    ("case.assigned.v1", ASSIGNED, ROUTING, None),
    ("case.note-added.v1", {"note_id": str(uuid5(NAMESPACE, "note"))}, AGENT, {"text": "Called the carrier."}),
    ("case.gesture-requested.v1", GESTURE, AGENT, None),
    ("case.resolved.v1", RESOLVED, AGENT, None),
)  # fmt: skip
"""Topic, clear fields, actor, sealed fields."""


def story(*, withheld: tuple[int, ...] = (), said: bool = True) -> list[StoredFact]:
    """A case from its opening to its end, chained.

    `withheld`: versions whose envelope was taken away since. `said`: a last fact says so.
    """
    facts: list[StoredFact] = []
    redacted: dict[str, object] = {"entry_id": str(uuid5(NAMESPACE, "contact")), "withheld": list(withheld)}
    last = (("case.content-redacted.v1", redacted, PRIVACY, {"reason": "a card number"}),) if withheld and said else ()
    for version, (topic, clear, actor, opened) in enumerate((*STORY, *last), start=1):
        parts = () if opened is None else (SealedPart(uuid5(NAMESPACE, "key"), sha256(topic.encode()).digest() * 3),)
        meta = {"actor": actor, "correlation_id": str(uuid5(NAMESPACE, "correlation"))}
        unhashed = StoredFact(
            stream_id=CASE_ID,
            version=version,
            event_id=uuid5(CASE_ID, str(version)),
            topic=topic,
            recorded_at=AT + timedelta(seconds=version),
            clear=json.dumps(clear).encode(),
            seals=seals_json(parts),
            sealed=None if version in withheld else framed(parts),
            meta=json.dumps(meta).encode(),
            hash=b"",
            previous_hash=facts[-1].hash if facts else None,
        )
        facts.append(unhashed.with_hash())
    return facts


def body_of(facts: list[StoredFact], *, readable: bool = False, before: int = 3, after: int = 4) -> Body:
    """The facts in a log, each followed by a stranger's, with so many strangers before and after."""
    leaves = [sha256(b"before %d" % n).digest() for n in range(before)]
    positions = []
    for fact in facts:
        leaves.append(leaf_hash(fact.hash))
        positions.append(len(leaves))
        leaves.append(sha256(b"between" + fact.hash).digest())
    leaves += [sha256(b"after %d" % n).digest() for n in range(after)]
    texts = [(version, opened) for version, (*_, opened) in enumerate(STORY, start=1) if opened is not None]
    opened_texts = tuple(OpenedText(version, msgspec.json.encode(opened).decode()) for version, opened in texts)
    return Body(
        case=BundledCase(CASE_ID, "100042"),
        facts=tuple(
            bundled(fact, position, inclusion_path(leaves, position - 1))
            for fact, position in zip(facts, positions, strict=True)
        ),
        agents={id_of("agent", ref): ref for ref in ("anna", "bram", "chadia")},
        checkpoint=sign(Checkpoint(ORIGIN, len(leaves), root_of(leaves)), PRIVATE),
        vkey=VKEY,
        exported_at=1_795_253_400_000_000,
        readable=Readable("audit", opened_texts) if readable else None,
    )


def as_json(body: Body) -> bytes:
    """The file of a bundle without a page."""
    return canonical(bundle_of(body)) + b"\n"


Change = Callable[[Body], Body]


def one(version: int, **changes: object) -> Change:
    """Change one fact, as somebody would who then computes the digest anew."""

    def changed(body: Body) -> Body:
        facts = tuple(
            msgspec.structs.replace(fact, **changes) if fact.version == version else fact for fact in body.facts
        )
        return msgspec.structs.replace(body, facts=facts)

    return changed


def all_of(facts: Callable[[tuple[BundledFact, ...]], tuple[BundledFact, ...]]) -> Change:
    return lambda body: msgspec.structs.replace(body, facts=facts(body.facts))


def field(**changes: object) -> Change:
    return lambda body: msgspec.structs.replace(body, **changes)


def other_root(body: Body) -> Body:
    """A log in which something else stands, signed by the right key."""
    return msgspec.structs.replace(body, checkpoint=sign(Checkpoint(ORIGIN, 19, b"\1" * 32), PRIVATE))


ALTERATIONS: list[tuple[Change, str]] = [
    (one(3, clear=b'{"reason":"MANUAL"}'), "version 3: the fact does not give its hash"),
    (one(4, meta=b"{}"), "version 4: the fact does not give its hash"),
    (one(2, seals=b"[]"), "version 2: the fact does not give its hash"),
    (one(2, sealed=b"\0\0\0\1x"), "version 2: an envelope is not the one that was stored"),
    (one(2, sealed=b"\0\0\0\2x"), "version 2: the frame of its envelopes is damaged"),
    (one(5, topic="case.resolved.v1"), "version 5: the fact does not give its hash"),
    (one(5, recorded_at=1), "version 5: the fact does not give its hash"),
    (one(5, recorded_at=2**62), r"fact 5 \(case.gesture-requested.v1\)"),
    (one(6, hash="zz"), r"fact 6 \(case.resolved.v1\)"),
    (one(6, position=5), r"fact 6 \(case.resolved.v1\): it is not in the signed log at position 5"),
    (one(6, position=4), r"fact 6 \(case.resolved.v1\): position 4 is taken"),
    (one(1, inclusion_path=()), r"fact 1 \(case.opened.v1\): it is not in the signed log"),
    (one(1, inclusion_path=("x",)), r"fact 1 \(case.opened.v1\): inclusion_path is no list"),
    (all_of(lambda facts: facts[:2] + facts[3:]), "version 3: a fact is missing"),
    (all_of(lambda facts: facts[1:]), "version 1: a fact is missing"),
    (all_of(lambda facts: (facts[1], facts[0], *facts[2:])), "version 1: a fact is missing"),
    (all_of(lambda _facts: ()), "facts: there are none"),
    (other_root, r"fact 1 \(case.opened.v1\): it is not in the signed log"),
    (field(vkey=OTHER_VKEY), "checkpoint: the checkpoint is signed by another key"),
    (field(checkpoint="eender/case\n19\n"), "checkpoint: this is no signed checkpoint"),
    (field(agents={id_of("agent", "anna"): "bram"}), "agents: 'bram' is not the agent of that id"),
    (field(page="00"), "page: what surrounds the bundle"),
]
"""What somebody changes, mending the digest, and where Python finds it."""
