"""What an installation says of those who ask its API over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class Http(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which other origins' pages may use the API, and how much of it anybody may.

    `cost_max`: points of one operation. `points_per_minute_max`: of all operations of one principal. `introspection`:
    the roles that may ask for the schema, and are helped with names they misspelt. `trusted_documents`: a JSON file of
    documents by id. `trusted_only`: no others are executed. `federation`: a gateway may use it as a subgraph.
    """

    allowed_origins: tuple[str, ...] = ()
    cost_max: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] = 10_000
    points_per_minute_max: Annotated[int, msgspec.Meta(ge=1_000, le=10**12)] = 12_000_000
    introspection: tuple[Literal["agent", "lead", "auditor", "privacy", "admin", "integration"], ...] = (
        "agent", "lead", "auditor", "privacy", "admin", "integration",
    )  # fmt: skip
    trusted_documents: str | None = None
    trusted_only: bool = False
    federation: bool = False
