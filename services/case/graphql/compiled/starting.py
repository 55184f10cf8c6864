"""From the arguments of `customer(by:)` and `case(by:)` to the row that a plan begins with."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, ObjectValueNode, VariableNode

from services.case.graphql import ids
from services.case.graphql.compiled.declaring import Unplannable
from services.case.graphql.compiled.reading import Asked, Found, HandleOwner, no_wait
from services.case.graphql.ids import IdType


def customer(arguments: dict[str, Any]) -> Asked:
    """`Query.customer`."""
    no_wait(arguments)
    by = arguments["by"]
    if by.handle:
        return Asked(Found(_CUSTOMER.on, whole=True), (HandleOwner(by.handle),))
    if by.external_id:
        raise Unplannable("by.externalId")
    return _customer_of(by.id or "")


def case(arguments: dict[str, Any]) -> Asked:
    """`Query.case`."""
    no_wait(arguments)
    by = arguments["by"]
    return _case_numbered(by.number) if by.number else _case_of(by.id or "")


_CUSTOMER, _CASE, _NUMBERED = (
    Found(on) for on in ("{a}.customer_id = $1::uuid", "{a}.case_id = $1::uuid", "{a}.number = $1::text")
)


def _customer_of(customer_id: str) -> Asked:
    return Asked(_CUSTOMER, (ids.uuid_of(IdType.CUSTOMER, customer_id),))


def _case_of(case_id: str) -> Asked:
    return Asked(_CASE, (ids.uuid_of(IdType.CASE, case_id),))


def _case_numbered(number: str) -> Asked:
    return Asked(_NUMBERED, (number,))


_QUICK = {(customer, "id"): _customer_of, (case, "id"): _case_of, (case, "number"): _case_numbered}


def quick_of(read: Any, node: FieldNode) -> tuple[str, Any] | None:
    """Where a field is asked by `by: {id: $variable}` and by nothing else: the variable, and what reads its text."""
    arguments = node.arguments or ()
    if len(arguments) != 1 or not isinstance(arguments[0].value, ObjectValueNode):
        return None
    fields = arguments[0].value.fields
    if arguments[0].name.value != "by" or len(fields) != 1 or not isinstance(fields[0].value, VariableNode):
        return None
    reading = _QUICK.get((read, fields[0].name.value))
    return None if reading is None else (fields[0].value.name.value, reading)
