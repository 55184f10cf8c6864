"""What a door has to offer: a module with these names is one. Everything here is a pure function over bytes."""

from __future__ import annotations

from typing import Protocol

from services.channels.domain.channel_spec import ChannelSpec
from services.channels.domain.inbound import Parsed
from services.channels.domain.outbound import Call, CallResult, Post, Reply, SendOutcome, SendTarget
from services.channels.domain.raw import RawInbound


class Door(Protocol):
    """The way in."""

    spec: ChannelSpec

    def parse(self, raw: RawInbound, *, region: str) -> Parsed:
        """What a payload says. `region`: for phone numbers without a country code.

        Raises:
            NotUnderstood: nothing in it can be read; an item that cannot is `Ignored` and costs the others nothing.
        """
        ...


class Outlet(Protocol):
    """The way out, where a channel has one."""

    def render(self, reply: Reply, target: SendTarget) -> Call:
        """The call that says it.

        Raises:
            Refusal: the channel cannot carry it.
        """
        ...

    def interpret(self, result: CallResult) -> SendOutcome:
        """What the platform's answer means."""
        ...


class Stage(Protocol):
    """The way out for what answers nobody, where an account of a channel can say that."""

    def render(self, post: Post, target: SendTarget) -> Call:
        """The call that posts it.

        Raises:
            Refusal: the channel cannot carry it.
        """
        ...

    def interpret(self, result: CallResult) -> SendOutcome:
        """What the platform's answer means."""
        ...
