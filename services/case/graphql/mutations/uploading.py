"""Files that go along with answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from contracts.attachments import media_type
from contracts.uploads import SHA256_HEADER, UploadTicket
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.request_upload import RequestUpload, request_upload
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import Info, RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import INPUT, answering, carry_out, named
from services.case.graphql.types.uploading import AttachmentUploadInput, AttachmentUploadPayload, UploadHeader


async def upload(context: RequestContext, asked: AttachmentUploadInput) -> AttachmentUploadPayload:
    """Say where the file is to be brought. A repetition gives a new link to the same place."""
    require(context.principal.actor, Permission.REPLY)
    deps = context.deps
    if deps.links is None:
        raise Refusal(RefusalCode.UNAVAILABLE, "nobody said where files are brought: objects.public_url")
    command = RequestUpload(
        attachment_id=deps.ids.new(),
        case_id=named(IdType.CASE, asked.case_id, "caseId"),
        name=asked.name,
        media_type=asked.media_type,
        size_bytes=asked.size_bytes,
        sha256=asked.sha256,
    )
    done = await carry_out(
        context,
        "attachmentUpload",
        asked,
        lambda how: request_upload(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    ticket = UploadTicket(
        attachment_id=UUID(done.outcome["attachment_id"]),
        case_id=command.case_id,
        customer_id=UUID(done.outcome["customer_id"]),
        size_bytes=asked.size_bytes,
        sha256=asked.sha256.strip().lower(),
        media_type=media_type(asked.media_type),
    )
    return AttachmentUploadPayload(
        attachment=await context.make.attachment_by_id(ticket.attachment_id),
        upload_url=deps.links.to_bring(ticket, deps.clock.now()),
        headers=[
            UploadHeader(name="Content-Type", value=ticket.media_type),
            UploadHeader(name=SHA256_HEADER, value=ticket.sha256),
        ],
    )


@strawberry.type
class FileMutation:
    """What can be done with files."""

    @strawberry.mutation
    async def attachment_upload(
        self, info: Info, asked: Annotated[AttachmentUploadInput, INPUT]
    ) -> AttachmentUploadPayload:
        """Say where a file is to be brought that goes along with an answer: `caseReply(attachmentIds:)`."""
        return await answering(AttachmentUploadPayload, upload(info.context, asked))
