"""The read tables that follow from this service's own facts: pure functions from a fact to rows."""

from services.case.projections import (
    attachments,
    cases,
    commitments,
    contacts,
    customers,
    desk,
    erasure,
    gestures,
    merges,
    redaction,
    timeline,
    told,
)

PROJECTIONS = (
    customers.rows,
    cases.rows,
    contacts.rows,
    attachments.rows,
    timeline.rows,
    gestures.rows,
    commitments.rows,
    desk.rows,
    told.rows,
    erasure.rows,
    merges.rows,
    redaction.rows,
)
"""All of them, in the order in which a fact's rows are written: a timeline entry finds its case."""
