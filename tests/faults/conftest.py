"""A shop of its own for each fault: it is broken on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.shop import Shop
from tests.support.whatsapp_stand_in import WhatsAppStandIn


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    stand_in = WhatsAppStandIn()
    running = Shop(tmp_path, stand_in)
    running.start()
    try:
        yield running
    finally:
        await running.http.aclose()
        running.stop()
        stand_in.close()
