"""What was found valid is not looked through again."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import validate
from strawberry.schema import schema as library

from services.case.graphql.schema import make_schema


async def test_a_valid_document_is_validated_once_however_often_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    validated = []

    def counted(*args: Any, **kwargs: Any) -> Any:
        validated.append(args)
        return validate(*args, **kwargs)

    monkeypatch.setattr(library, "validate", counted)
    schema = make_schema()
    for _ in range(3):
        answer = await schema.execute("query AskedThreeTimes { __typename }")
        assert answer.errors is None
        assert answer.data == {"__typename": "Query"}
    assert len(validated) == 1
    for _ in range(2):
        refused = await schema.execute("query RefusedTwice { nothing }")
        assert refused.errors is not None
        assert [each.extensions for each in refused.errors] == [{"code": "GRAPHQL_VALIDATION_FAILED"}]
    assert len(validated) == 2
