"""Proofs of facts, in the words of the schema."""

from __future__ import annotations

from uuid import UUID

from infra.log_tree import TreeIncomplete
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.context import READ_WAIT_MS_MAX, RequestContext
from services.case.graphql.types.proofs import EventProof
from services.case.queries.proofs import Proof, proof_of


async def event_proof(context: RequestContext, case_id: UUID, version: int) -> EventProof | None:
    """The proof of a case's fact, waiting a little for one that has no position yet; None where there is none.

    Raises:
        QueryRefusedError: UNAVAILABLE, the log was altered: no proof can be given.
    """

    async def look() -> Proof | None:
        return await proof_of(context.database, context.deps.checkpoints, case_id, version)

    try:
        found = await look()
        if found is None and await context.database.value("fact_exists", case_id, version):
            found = await context.deps.hub.until(look, timeout_ms=READ_WAIT_MS_MAX)
    except TreeIncomplete as broken:
        raise QueryRefusedError("UNAVAILABLE", f"the log is damaged: {broken}") from None
    if found is None:
        return None
    return EventProof(
        position=str(found.position),
        leaf_hash=found.leaf.hex(),
        tree_size=str(found.checkpoint.size),
        inclusion_path=[each.hex() for each in found.path],
        checkpoint=found.checkpoint.note,
    )
