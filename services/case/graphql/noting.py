"""Each operation's place in the access log: room for it before it begins, what it showed before it is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from services.case.graphql.accessing import executing
from services.case.graphql.asked_fields import AskedFields
from services.case.graphql.context import RequestContext

if TYPE_CHECKING:
    from strawberry.types import StreamExecutionResult

_ASKED_FIELDS = AskedFields()


class NotingAccess(SchemaExtension):
    """Notes who saw what. An answer, and each item of a stream, goes out after that was noted."""

    async def on_execute(self) -> AsyncIterator[None]:
        """One query or mutation; of a subscription its beginning only."""
        execution = self.execution_context
        context, document, text = execution.context, execution.graphql_document, execution.query
        if not isinstance(context, RequestContext) or document is None or text is None:
            yield
            return
        await context.deps.access.room()
        schema = execution.schema._schema  # noqa: SLF001  (the library has no other door to its GraphQL types)
        asked = _ASKED_FIELDS.of(schema, text, document, execution.operation_name)
        context.accessed.begin(asked, (execution.variables, text))
        executing(context.accessed)
        yield
        if execution.operation_type is not OperationType.SUBSCRIPTION:
            context.accessed.end()

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """One item of a stream."""
        del result
        context = self.execution_context.context
        if isinstance(context, RequestContext):
            context.accessed.tell()
        yield
