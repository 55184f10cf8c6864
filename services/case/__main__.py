"""Runs the case service: `python -m services.case`, told by its environment (see `infra.settings`)."""

from __future__ import annotations

import sys

from contracts.subjects import CASE
from infra.serving import serve
from services.case.app import create_app

if __name__ == "__main__":
    sys.exit(serve(CASE, create_app))
