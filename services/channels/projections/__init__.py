"""Read tables, written in the transaction of the facts they follow."""

from services.channels.projections import (
    accounts,
    attachments,
    deliveries,
    forgettings,
    threads,
    uploads,
    windows,
    withholdings,
)

PROJECTIONS = (
    accounts.rows,
    windows.rows,
    threads.rows,
    attachments.rows,
    deliveries.rows,
    uploads.rows,
    forgettings.rows,
    withholdings.rows,
)
"""All of them, in the order in which a fact's rows are written."""
