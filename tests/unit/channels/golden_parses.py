"""What today's parsers make of the payloads under test, kept as files: a change of any of it is to be seen.

`python -m tests.unit.channels.golden_parses` writes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from services.channels.domain.inbound import Inbound
from services.channels.domain.normal_form import NotUnderstood
from tests.unit.channels.door_under_test import DoorUnderTest
from tests.unit.channels.doors_under_test import UNDER_TEST
from tests.unit.channels.in_memory import raw_of

FOLDER = Path(__file__).parent / "golden"


def file_of(door: DoorUnderTest) -> Path:
    return FOLDER / f"{door.channel.path}.json"


def parses(door: DoorUnderTest) -> list[Any]:
    """Each payload with what it says; payloads of the door itself, or those that were kept."""
    return [parse(door, payload) for payload in (door.payload, *door.samples)]


def parse(door: DoorUnderTest, payload: Any) -> dict[str, Any]:
    body = door.encoded(payload)
    raw = msgspec.structs.replace(raw_of(body, channel=door.channel), headers=door.kept(body))
    try:
        items: Any = [said(item) for item in door.door.parse(raw, region="NL").items]
    except NotUnderstood as problem:
        items = {"refused": problem.code, "field": problem.field}
    return {"payload": payload, "items": items}


def said(item: Inbound) -> Any:
    """The item without what it leaves open."""
    return filled(json.loads(msgspec.json.encode(item)))


def filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: filled(inner) for name, inner in value.items() if inner not in (None, [], {})}
    return [filled(inner) for inner in value] if isinstance(value, list) else value


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for door in UNDER_TEST:
        written = json.dumps(parses(door), indent=1, ensure_ascii=False)
        file_of(door).write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
