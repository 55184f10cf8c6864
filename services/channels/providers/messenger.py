"""Facebook Messenger, the way in: a page's private messages. Tested against fixtures of restfb/restfb."""

from __future__ import annotations

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel, HandleKind
from services.channels.domain.channel_spec import ChannelSpec, HubChallenge
from services.channels.domain.inbound import Ignored, Parsed
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import items, text
from services.channels.providers.meta import SIGNATURE, entries
from services.channels.providers.meta_messages import conversation

spec = ChannelSpec(
    channel=Channel.MESSENGER,
    verification=SIGNATURE,
    handshake=HubChallenge(),
    answer_status=200,
    companions=(Channel.FACEBOOK,),
    reply=REPLY_CAPABILITIES[Channel.MESSENGER],
)


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every event of a page's conversations; what happens on the page itself is for the door `facebook`.

    Raises:
        NotUnderstood: the body is no JSON object.
    """
    del region
    found = entries(raw)
    said = [(text(entry, "id"), item) for entry in found for item in conversation(raw, entry, HandleKind.MESSENGER)]
    said += [(text(entry, "id"), Ignored("on-the-page")) for entry in found for _ in items(entry, "changes")]
    return Parsed.of_sides(said)
