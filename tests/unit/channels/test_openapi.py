from __future__ import annotations

import json
from pathlib import Path

from services.channels.http.openapi import openapi
from services.channels.providers import DOORS

PRINTED = Path(__file__).parents[3] / "contracts" / "openapi.json"


def printed() -> str:
    return json.dumps(openapi(DOORS), indent=2) + "\n"


def test_the_printed_description_is_that_of_todays_doors() -> None:
    """To print it anew: `python -m tests.unit.channels.test_openapi`."""
    assert PRINTED.read_text(encoding="utf-8") == printed()


if __name__ == "__main__":
    PRINTED.write_text(printed(), encoding="utf-8")
