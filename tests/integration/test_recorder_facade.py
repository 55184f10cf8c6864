"""The library's published test cases for recorders, carried out on our event store's tables."""

from __future__ import annotations

from unittest import TestCase

import pytest
from eventsourcing.tests import persistence as published

from tests.support.recorder_facade import RecorderFacade, StreamsFacade


class OnOurTables(TestCase):
    """Each case gets a fresh database."""

    @pytest.fixture(autouse=True)
    def fresh_database(self, database: str) -> None:
        self.url = database

    def create_recorder(self) -> RecorderFacade:
        recorder = RecorderFacade(self.url)
        self.addCleanup(recorder.close)
        return recorder


class TestAggregateRecorder(OnOurTables, published.AggregateRecorderTestCase):
    """Events by stream."""

    def create_recorder(self) -> StreamsFacade:
        recorder = StreamsFacade(self.url)
        self.addCleanup(recorder.close)
        return recorder


class TestApplicationRecorder(OnOurTables, published.ApplicationRecorderTestCase[RecorderFacade]):
    """Events in one order."""

    def test_a_subscription_yields_what_is_inserted_later(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(OnOurTables, published.TrackingRecorderTestCase):
    """Checkpoints."""


class TestProcessRecorder(OnOurTables, published.ProcessRecorderTestCase):
    """Events with checkpoints."""


class TestNonInterleaving(OnOurTables, published.NonInterleavingNotificationIDsBaseCase):
    """What was stored together stays together."""
