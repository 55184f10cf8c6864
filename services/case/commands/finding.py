"""Loading what a command is about, or refusing in the command's own words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import Record
from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from services.case.domain.erasure import Erasure
from services.case.ports import Directory


async def find_case(record: Record, case_id: UUID, *path: str) -> Case:
    """The case of that id.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    case = await record.load(Case, case_id)
    if case is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such case", *path)
    return case


async def find_customer(record: Record, customer_id: UUID, *path: str) -> Customer:
    """The customer of that id.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    customer = await record.load(Customer, customer_id)
    if customer is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such customer", *path)
    return customer


async def check_usable(record: Record, case: Case, *, at: datetime) -> None:
    """Let pass while the case's customer may be answered and given something.

    Raises:
        Refusal: CUSTOMER_ERASED, CUSTOMER_RESTRICTED at caseId.
    """
    customer = await record.load(Customer, case.customer_id)
    if customer is not None:
        customer.check_usable(at, "caseId")


async def find_erasure(record: Record, request_id: UUID, *path: str) -> Erasure:
    """The request for erasure of that id.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    erasure = await record.load(Erasure, request_id)
    if erasure is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such request", *path)
    return erasure


async def find_case_of_gesture(record: Record, directory: Directory, gesture_id: UUID) -> Case:
    """The case a gesture was given in.

    Raises:
        Refusal: NOT_FOUND at gestureId.
    """
    case_id = await directory.case_of_gesture(gesture_id)
    case = None if case_id is None else await record.load(Case, case_id)
    if case is None or gesture_id not in case.gestures:
        raise Refusal(RefusalCode.NOT_FOUND, "no such gesture", "gestureId")
    return case
