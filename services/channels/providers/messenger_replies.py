"""Facebook Messenger, the way out: a private message from the page."""

from __future__ import annotations

from contracts.vocabulary import Channel
from services.channels.domain.outbound import CallResult, HttpCall, Reply, SendOutcome, SendTarget
from services.channels.providers import meta_graph


def render(reply: Reply, target: SendTarget) -> HttpCall:
    """The call that sends a text.

    Raises:
        Refusal: the text is longer than Messenger takes.
    """
    meta_graph.check_length(reply, Channel.MESSENGER, "Messenger")
    return meta_graph.direct_message(reply, target, {"id": reply.to.value}, metadata=True)


def interpret(result: CallResult) -> SendOutcome:
    """What Meta's answer means."""
    return meta_graph.outcome(result, meta_graph.id_of_message)
