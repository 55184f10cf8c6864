"""One running shop for all stories, stopped after the last of them; each story has customers of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from tests.support.shop import Shop, running_shop

_numbers = count(31612000001)


@pytest.fixture(scope="package")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    folder: Path = tmp_path_factory.mktemp("shop")
    async with running_shop(folder, environment={"EENDER_TRACE_FILE": str(folder / "spans.jsonl")}) as running:
        yield running


@pytest.fixture
def number() -> str:
    """A phone number nobody used before, digits only."""
    return str(next(_numbers))
