"""Runs the routing service: `python -m services.routing`, told by its environment (see `infra.settings`)."""

from __future__ import annotations

import sys

from contracts.subjects import ROUTING
from infra.serving import serve
from services.routing.app import create_app

if __name__ == "__main__":
    sys.exit(serve(ROUTING, create_app))
