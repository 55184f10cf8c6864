"""A program of the stack is started again when it dies, after growing pauses, and little is said of it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from infra.embedded.child import Child, EmbeddedError
from services.console import part as part_module
from services.console.part import Part


class Dying:
    """A program that ends at once, as often as it is started."""

    def __init__(self, tmp_path: Path) -> None:
        self.child = Child([sys.executable, "-c", "print('alas'); raise SystemExit(3)"], log=tmp_path / "logs" / "log")
        self.starts = 0
        self.said: list[str] = []
        self.changes = 0
        self.part = Part("case", start=self.start, child=lambda: self.child, say=self.said.append, changed=self.change)

    async def end(self, keeper: asyncio.Task[None]) -> None:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await self.child.stop()

    async def start(self) -> None:
        self.starts += 1
        if self.starts == 2:
            raise EmbeddedError("no room")
        self.child.start()

    def change(self) -> None:
        self.changes += 1


@pytest.fixture
def dying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dying:
    monkeypatch.setattr(part_module, "RESTART_DELAY_S_MIN", 0.01)
    monkeypatch.setattr(part_module, "RESTART_DELAY_S_MAX", 0.02)
    return Dying(tmp_path)


async def test_it_is_started_again_and_again_and_others_are_told(dying: Dying) -> None:
    await dying.start()
    keeper = asyncio.create_task(dying.part.keep_running())
    while dying.starts < 8 and not keeper.done():  # noqa: ASYNC110  (counts processes, which set no event)
        await asyncio.sleep(0.01)
    await dying.end(keeper)
    assert dying.starts >= 8
    assert dying.changes >= 6
    assert any("no room" in line for line in dying.said)


async def test_only_its_first_deaths_are_told_with_the_end_of_its_log(dying: Dying) -> None:
    await dying.start()
    keeper = asyncio.create_task(dying.part.keep_running())
    while dying.part.deaths < 6:  # noqa: ASYNC110  (counts processes, which set no event)
        await asyncio.sleep(0.01)
    await dying.end(keeper)
    told = [line for line in dying.said if "ended (exit 3)" in line]
    assert len(told) == 3
    assert dying.said.count("alas") >= 1
    assert sum("keeps ending" in line for line in dying.said) == 1
