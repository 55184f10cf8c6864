"""Links to files: signed here, honoured by the front door, which has the files; good for a short while."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from contracts.attachments import PATH
from contracts.configuration import Configuration
from contracts.uploads import UploadTicket
from infra.sealing import load_kek
from infra.settings import ServiceSettings
from infra.signed_links import BRING, LinkSigner
from services.case.graphql.scalars import Url


class AttachmentLinks:
    """`base_url`: where desks reach the front door. `seconds`: how long a link is good."""

    def __init__(self, signer: LinkSigner, *, base_url: str, seconds: int) -> None:
        self._signer = signer
        self._base_url = base_url.rstrip("/")
        self._lasts = timedelta(seconds=seconds)

    def to_fetch(self, attachment_id: UUID, now: datetime) -> Url:
        """Where whoever has this may fetch the file, until shortly after `now`."""
        query = self._signer.query(attachment_id, now + self._lasts)
        return Url(f"{self._base_url}{PATH}/{attachment_id}?{query}")

    def to_bring(self, ticket: UploadTicket, now: datetime) -> Url:
        """Where whoever has this may bring that file, and no other, until shortly after `now`."""
        said = {"case": ticket.case_id, "customer": ticket.customer_id, "size": ticket.size_bytes}
        query = self._signer.query_to(BRING, ticket.parts(), now + self._lasts)
        return Url(f"{self._base_url}{PATH}/{ticket.attachment_id}?{urlencode(said)}&{query}")


def links_of(settings: ServiceSettings, configuration: Configuration) -> AttachmentLinks | None:
    """As the configuration says, else the environment; None where neither says where the front door is."""
    base_url = configuration.objects.public_url or settings.front_door_url
    if base_url is None or settings.kek_spec is None:
        return None
    signer = LinkSigner(load_kek(settings.kek_spec))
    return AttachmentLinks(signer, base_url=base_url, seconds=configuration.objects.link_seconds)
