"""The statements of this room, and the parts of which plans are made."""

from __future__ import annotations

from infra.sql import statements

SQL = statements("services.case.graphql.compiled")
