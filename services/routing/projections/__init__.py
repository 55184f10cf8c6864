"""Facts to rows of the tables that routing decides by; pure, run in the transaction of the facts."""

from services.routing.projections import floor, purse

PROJECTIONS = (floor.rows, purse.rows)
"""All of them, in the order in which a fact's rows are written."""
