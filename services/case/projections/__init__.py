"""The read tables that follow from this service's own facts: pure functions from a fact to rows."""

from services.case.projections import (
    attachments,
    cases,
    clocks,
    commitments,
    contact_contents,
    contacts,
    customers,
    desk,
    erasure,
    gestures,
    incidents,
    mentions,
    merges,
    offers,
    redaction,
    timeline,
    told,
    viewer,
)

PROJECTIONS = (
    viewer.rows,
    customers.rows,
    cases.rows,
    clocks.rows,
    contacts.rows,
    contact_contents.rows,
    attachments.rows,
    timeline.rows,
    gestures.rows,
    commitments.rows,
    desk.rows,
    told.rows,
    erasure.rows,
    merges.rows,
    mentions.rows,
    redaction.rows,
    offers.rows,
    incidents.rows,
)
"""All of them, in the order in which a fact's rows are written: a timeline entry finds its case."""
