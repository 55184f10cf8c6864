"""One case checked by itself: its chain from the first fact to its head, each fact's place under the signed root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.checkpoints import Checkpoint, NoteRefused, VerifierKey, open_checkpoint
from infra.event_store import ChainBroken, stream_head, stream_history, verify_stream
from infra.event_store.history import LIMIT_MAX
from infra.log_tree import LogTree, TreeIncomplete
from infra.merkle import leaf_hash, verify_inclusion
from infra.sql import statements
from infra.withholding import accounted_for
from services.console.failure import CommandFailed
from services.console.named_case import case_named

if TYPE_CHECKING:
    from uuid import UUID

    from infra.event_store import StoredFact
    from infra.postgres import Pool

_SQL = statements("infra")


class CaseAltered(CommandFailed):
    """A case is not as it was recorded. `case`: its number; `detail`: where, and what is wrong."""

    def __init__(self, case: str, detail: str) -> None:
        super().__init__(f"case {case} was altered: {detail}")
        self.case = case
        self.detail = detail


async def verify_case(pool: Pool, written: str) -> dict[str, object]:
    """Check the case of that number or id.

    Raises:
        CommandFailed: there is none.
        CaseAltered: it is not as it was recorded.
    """
    case = await case_named(pool, written)
    facts = await _facts(pool, case.id)
    head = await stream_head(pool, case.id)
    if head is None:
        raise CaseAltered(case.number, f"es.streams stream {case.id} is missing")
    try:
        withheld = verify_stream(facts, head=head[1])
        _check_accounts(facts, withheld)
        _check_positions(facts)
        checkpoint = await _checkpoint(pool)
        proven = 0 if checkpoint is None else await _proven(pool, facts, checkpoint)
    except (ChainBroken, NoteRefused, TreeIncomplete) as error:
        raise CaseAltered(case.number, str(error)) from error
    return {
        "verified": True,
        "case": case.number,
        "facts": len(facts),
        "withheld": list(withheld),
        "proven": proven,
        "size": 0 if checkpoint is None else checkpoint.size,
        "root": "" if checkpoint is None else checkpoint.root.hex(),
    }


def _check_accounts(facts: list[StoredFact], withheld: tuple[int, ...]) -> None:
    """Let pass what a fact of the case says is withheld.

    Raises:
        ChainBroken: at the first envelope that is missing without that.
    """
    accounted = accounted_for((fact.version, fact.clear) for fact in facts)
    for version in withheld:
        if version not in accounted:
            raise ChainBroken(version, "an envelope was taken away, and no fact says so")


def _check_positions(facts: list[StoredFact]) -> None:
    """Let pass facts that wait for their positions: they are the last ones.

    Raises:
        ChainBroken: at the first fact whose place in the log was taken away.
    """
    last = max((fact.version for fact in facts if fact.position is not None), default=0)
    for fact in facts[:last]:
        if fact.position is None:
            raise ChainBroken(fact.version, "it has no position in the log, and a later fact has")


async def _facts(pool: Pool, stream_id: UUID) -> list[StoredFact]:
    facts: list[StoredFact] = []
    while page := await stream_history(pool, stream_id, facts[-1].version if facts else 0, LIMIT_MAX):
        facts += page
    return facts


async def _checkpoint(pool: Pool) -> Checkpoint | None:
    """What the log's latest checkpoint says; None while nothing was signed."""
    row = await pool.fetchrow(_SQL["latest_checkpoint"])
    key = await pool.fetchrow(_SQL["signing_key"])
    if row is None:
        return None
    if key is None:
        raise NoteRefused("there is no key of those who sign")
    return open_checkpoint(row["note"], VerifierKey(key["origin"], key["public"]))


async def _proven(pool: Pool, facts: list[StoredFact], checkpoint: Checkpoint) -> int:
    """How many of the facts the checkpoint covers; what came later is not signed for yet.

    Raises:
        ChainBroken: one of them is not where its position says.
    """
    tree, proven = LogTree(pool), 0
    for fact in facts:
        if fact.position is None or fact.position > checkpoint.size:
            continue
        path = await tree.inclusion_path(fact.position - 1, checkpoint.size)
        if not verify_inclusion(leaf_hash(fact.hash), fact.position - 1, checkpoint.size, path, checkpoint.root):
            raise ChainBroken(fact.version, f"it is not at position {fact.position} of the signed log")
        proven += 1
    return proven
