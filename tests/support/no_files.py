"""A channels service that has no object store: no file goes along with a reply."""

from __future__ import annotations

from contracts.vocabulary import Refusal, RefusalCode
from services.channels.domain.delivery import Delivery
from services.channels.domain.outbound import ReplyFile


class NoFiles:
    """Implements `ports.ReplyFiles`."""

    async def of(self, delivery: Delivery) -> tuple[ReplyFile, ...]:
        if delivery.content is not None and delivery.content.files:
            raise Refusal(RefusalCode.ATTACHMENT_NOT_READY, "there is no store")
        return ()
