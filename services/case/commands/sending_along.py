"""What goes along with an answer: files that were brought, where the way it leaves by carries them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.content import ReplyFileContent
from contracts.reply_capabilities import TextLimit
from contracts.reply_files import FileLimit
from contracts.stored import Record, Row
from contracts.text_length import fits
from contracts.vocabulary import Direction, Refusal, RefusalCode, Visibility
from services.case.domain.case import Case
from services.case.domain.held_reply import HeldReply
from services.case.domain.recipients import ReplyRoute, file_limit, takes_html
from services.case.domain.templates import TemplateWish
from services.case.domain.upload import Upload

PATH = "attachmentIds"
NAMED_COUNT_MAX = 20
"""No channel takes more files than so many, and none is looked at beyond."""


class TakenFiles:
    """What goes along: as the answer names it, and the streams that say so. `until`: as long as all of it waits."""

    def __init__(self, contents: Sequence[ReplyFileContent] = (), uploads: Sequence[Upload] = ()) -> None:
        self.contents = tuple(contents)
        self.uploads = tuple(uploads)
        self.until = min((each.expires_at for each in self.uploads), default=None)


async def take_along(
    record: Record, case: Case, route: ReplyRoute, attachment_ids: Sequence[UUID], *, contact_id: UUID, at: datetime
) -> TakenFiles:
    """Take the files along with the answer `contact_id`.

    Raises:
        Refusal: ATTACHMENT_NOT_READY, CHANNEL_CANNOT_REPLY (nothing goes along by this way), INVALID_INPUT (a type, a
            size or a number that the channel does not take), all at attachmentIds.
    """
    if not attachment_ids:
        return TakenFiles()
    limit = file_limit(route)
    if limit is None:
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, f"{route.channel.value} carries no files", PATH)
    if len(attachment_ids) > limit.count_max or len(set(attachment_ids)) < len(attachment_ids):
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {limit.count_max}, each once", PATH)
    contents, uploads = [], []
    for number, attachment_id in enumerate(attachment_ids):
        upload = await record.load(Upload, attachment_id)
        if upload is None:
            raise Refusal(RefusalCode.ATTACHMENT_NOT_READY, "it is not there to go along", PATH, str(number))
        content = upload.take(case_id=case.id, contact_id=contact_id, number=number, at=at)
        _check(content, limit, number)
        contents.append(content)
        uploads.append(upload)
    if limit.bytes_max is not None and sum(each.size_bytes for each in contents) > limit.bytes_max:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {limit.bytes_max} bytes in all", PATH)
    return TakenFiles(contents, uploads)


async def names_of(record: Record, route: ReplyRoute, attachment_ids: Sequence[UUID]) -> tuple[str, ...]:
    """What the files are called, where somebody besides the customer reads it."""
    if route.visibility is Visibility.PRIVATE:
        return ()
    found = [await record.load(Upload, each) for each in attachment_ids[:NAMED_COUNT_MAX]]
    return tuple(each.content.name for each in found if each is not None and each.content is not None)


async def release_files(record: Record, held: HeldReply, *, at: datetime) -> tuple[Upload, ...]:
    """Let other answers have the files of one that never left; gives the streams that say so."""
    found = [await record.load(Upload, each.attachment_id) for each in held.files]
    return tuple(each for each in found if each is not None and each.release(contact_id=held.contact_id, at=at))


def check_caption(route: ReplyRoute, text: str, attachment_ids: Sequence[UUID]) -> None:
    """Let pass a text that the channel carries whole beside a file.

    Raises:
        Refusal: TEXT_TOO_LONG.
    """
    limit = file_limit(route) if attachment_ids else None
    if limit is None or limit.caption_max is None:
        return
    if not fits(text, TextLimit(limit.caption_max, route.text_limit.unit)):
        raise Refusal(RefusalCode.TEXT_TOO_LONG, f"beside a file at most {limit.caption_max}", "text")


def check_attire(route: ReplyRoute, html: str | None, template: TemplateWish | None) -> None:
    """Let pass HTML by a channel that takes it.

    Raises:
        Refusal: CHANNEL_CANNOT_REPLY, INVALID_INPUT (beside a template), at html.
    """
    if html is None:
        return
    if template is not None:
        raise Refusal(RefusalCode.INVALID_INPUT, "a template is said as it is", "html")
    if not takes_html(route):
        raise Refusal(RefusalCode.CHANNEL_CANNOT_REPLY, f"{route.channel.value} carries plain text only", "html")


async def withhold_files(record: Record, case: Case, contact_id: UUID, *, at: datetime) -> TakenFiles:
    """Withhold what is known of an answer's files, with the answer, whether it left or is held."""
    found = [await record.load(Upload, each) for each in _files_of(case, contact_id)]
    return TakenFiles(uploads=[each for each in found if each is not None and each.withhold(at=at)])


def _files_of(case: Case, contact_id: UUID) -> tuple[UUID, ...]:
    held, contact = case.held.get(contact_id), case.contacts.get(contact_id)
    if held is not None:
        return tuple(each.attachment_id for each in held.files)
    return tuple(contact.attachments) if contact is not None and contact.direction is Direction.OUTBOUND else ()


def withholding_rows(files: TakenFiles) -> tuple[Row, ...]:
    """What takes their envelopes away."""
    return tuple(Row("withhold_envelopes", (each.id, [Upload.INITIAL_VERSION])) for each in files.uploads)


def _check(content: ReplyFileContent, limit: FileLimit, number: int) -> None:
    bytes_max = limit.bytes_max_of(content.media_type)
    if bytes_max is None:
        types = ", ".join(limit.types)
        raise Refusal(RefusalCode.INVALID_INPUT, f"the channel takes {types}", PATH, str(number))
    if content.size_bytes > bytes_max:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {bytes_max} bytes", PATH, str(number))
