"""What a send is made of, in memory."""

from __future__ import annotations

from services.channels.providers import OUTLETS, STAGES
from services.channels.reactions.send_reply_on_delivery_due import SendingParts
from services.channels.settings import ChannelsSettings
from services.channels.workers.access_tokens import AccessTokens
from tests.support.no_files import NoFiles
from tests.unit.channels.in_memory import ChannelsRecord, CountedIds, ScriptedPoster, SetClock


def sending_parts(
    record: ChannelsRecord, clock: SetClock, poster: ScriptedPoster, settings: ChannelsSettings
) -> SendingParts:
    """All channels there are, and no files."""
    return SendingParts(
        record=record,
        directory=record,
        poster=poster,
        clock=clock,
        ids=CountedIds(),
        settings=settings,
        outlets=OUTLETS,
        stages=STAGES,
        files=NoFiles(),
        tokens=AccessTokens(poster, clock),
        paces=settings.paces(),
    )
