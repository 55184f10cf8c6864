"""Places where a process can be told to die, so that tests can show that nothing is lost, doubled or out of order.

`EENDER_CRASHPOINT=relay.published:3` kills this process, as SIGKILL does, when it passes that place for the third time.
Without the variable, passing costs one comparison.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from enum import StrEnum

VARIABLE = "EENDER_CRASHPOINT"


class Place(StrEnum):
    """Where a process may die: between two things that must not come apart unseen."""

    APPEND_STORED = "append.stored"  # committed, and nobody was told
    SEQUENCER_NUMBERED = "sequencer.numbered"  # positions are committed, and nobody was told
    RELAY_PUBLISHED = "relay.published"  # the transport has it, and we do not know how far we are
    CONSUMER_HANDLED = "consumer.handled"  # the effect and its checkpoint are committed, and we go by the old one
    REBUILD_WRITTEN = "rebuild.written"  # some rows are made
    REBUILD_KEPT = "rebuild.kept"  # all rows are made, and the tables could be shown
    REBUILD_SWAPPING = "rebuild.swapping"  # the tables have changed places, and nothing is committed
    REBUILD_SWAPPED = "rebuild.swapped"  # committed, and nothing is tidied up


class Crash:
    """Counts how often each place is passed. `armed`: the place and the passing at which to die; None: never."""

    def __init__(self, armed: tuple[Place, int] | None) -> None:
        self._armed = armed
        self._passed = 0

    @classmethod
    def of(cls, env: Mapping[str, str]) -> Crash:
        """As the environment says.

        Raises:
            ValueError: the variable is not `place:n`, or there is no such place.
        """
        place, _, number = env.get(VARIABLE, "").partition(":")
        return cls((Place(place), int(number)) if place else None)

    def here(self, place: Place) -> None:
        """Die here, if this is the time."""
        if self._armed is None or self._armed[0] is not place:
            return
        self._passed += 1
        if self._passed == self._armed[1]:
            os.kill(os.getpid(), signal.SIGKILL)


_crash = Crash.of(os.environ)


def passing(place: Place) -> None:
    """This process passes that place now."""
    _crash.here(place)
