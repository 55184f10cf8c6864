"""An agent is to bring a file that goes along with an answer."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import msgspec

from contracts.attachments import UNKNOWN_MEDIA_TYPE, file_name, media_type
from contracts.object_store import Objects
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.uploads import OPEN_MAX
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.finding import check_usable, find_case
from services.case.domain.permissions import Permission, require
from services.case.domain.policy import CasePolicy
from services.case.domain.upload import Upload
from services.case.domain.upload_facts import UploadContent
from services.case.ports import Directory

_SHA256 = re.compile(r"[0-9a-f]{64}")


class RequestUpload(msgspec.Struct, frozen=True):
    """The file `attachment_id` for an answer in the case, as its agent has it. `sha256`: in hexadecimal."""

    attachment_id: UUID
    case_id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str


async def request_upload(
    command: RequestUpload, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Let it be brought, until it is too old. Outcome: `attachment_id`, `customer_id`.

    Raises:
        Refusal: FORBIDDEN, NOT_FOUND, CUSTOMER_ERASED, CUSTOMER_RESTRICTED, CASE_RESOLVED, INVALID_INPUT (name,
            mediaType, sizeBytes, sha256, or too many files wait for an answer in the case).
    """
    require(context.actor, Permission.REPLY)
    content = _content(command, policy.objects)

    async def decide() -> Work:
        case = await find_case(record, command.case_id, "caseId")
        await check_usable(record, case, at=context.at)
        case.check_not_erased()
        case.check_not_resolved()
        if await directory.open_uploads(case.id) >= OPEN_MAX:
            raise Refusal(RefusalCode.INVALID_INPUT, f"{OPEN_MAX} files wait for an answer already", "caseId")
        upload = Upload.request(
            attachment_id=command.attachment_id,
            case_id=case.id,
            customer_id=case.customer_id,
            agent_ref=context.actor.ref,
            content=content,
            expires_at=context.at + timedelta(hours=policy.objects.upload_hours),
            at=context.at,
        )
        outcome = {"attachment_id": str(upload.id), "customer_id": str(case.customer_id)}
        return Work(streams=(upload,), outcome=outcome)

    return await record.transact(context, decide, serialise_on=(command.case_id,))


def _content(command: RequestUpload, objects: Objects) -> UploadContent:
    name, kind, sha256 = file_name(command.name), media_type(command.media_type), command.sha256.strip().lower()
    if name is None:
        raise Refusal(RefusalCode.INVALID_INPUT, "no name is left of it", "name")
    if kind == UNKNOWN_MEDIA_TYPE and command.media_type.partition(";")[0].strip().lower() != UNKNOWN_MEDIA_TYPE:
        raise Refusal(RefusalCode.INVALID_INPUT, "a media type such as application/pdf", "mediaType")
    if kind in objects.refused_types:
        raise Refusal(RefusalCode.INVALID_INPUT, "files of this type are not kept", "mediaType")
    if not 0 < command.size_bytes <= objects.bytes_max:
        raise Refusal(RefusalCode.INVALID_INPUT, f"1 to {objects.bytes_max} bytes", "sizeBytes")
    if not _SHA256.fullmatch(sha256):
        raise Refusal(RefusalCode.INVALID_INPUT, "64 hexadecimal digits", "sha256")
    return UploadContent(name=name, media_type=kind, size_bytes=command.size_bytes, sha256=sha256)
