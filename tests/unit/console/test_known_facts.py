"""A command that reads a log knows what is stored there, though it runs in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from contracts.stored import Fact, FirstFact

HERE = Path(__file__).parents[3]
TOLD = """
import sys
from services.console.known_facts import know_facts
from infra.event_store.mapper import form_of_topic
know_facts(sys.argv[1])
for topic in sys.argv[2:]:
    form_of_topic(topic, stream_id=None, version=1)
"""


def topics(service: str) -> set[str]:
    """Every topic of a fact of that service, wherever its class stands."""
    import_module(f"services.{service}.app")
    kinds: list[type] = [Fact, FirstFact]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    ours = [kind for kind in kinds if kind.__module__.startswith(f"services.{service}.")]
    return {str(kind.__dict__["TOPIC"]) for kind in ours if "TOPIC" in kind.__dict__}


@pytest.mark.parametrize("service", ["case", "channels", "routing"])
def test_a_fresh_process_reads_every_fact_a_service_stores(service: str) -> None:
    known = topics(service)
    assert len(known) > 30
    words = [sys.executable, "-c", TOLD, service, *sorted(known)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, cwd=HERE)
    assert done.returncode == 0, done.stderr
