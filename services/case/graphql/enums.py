"""The closed sets of words of the API: those of the contracts, and some that only the API has.

Values may be added at any time: clients handle one they do not know.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import strawberry

from contracts import vocabulary
from services.case.domain.access import AccessAction, AccessRelation
from services.case.domain.commitment import CommitmentStatus
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.control_signs import GestureSign, ReviewOutcome
from services.case.domain.erasure_words import ErasureGround, ErasureStatus, RestrictionKind
from services.case.domain.incident_facts import IncidentState
from services.case.domain.publication_facts import PublicationState
from services.case.domain.report_rules import ReportKind
from services.case.domain.satisfaction import SatisfactionMetric
from services.case.graphql.enum_words import WORDS
from services.case.queries.case_list import CaseOrderField


class Weekday(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class ErrorCode(StrEnum):
    """Why something was refused. Screens localise by it; `message` is English for developers."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    RATE_LIMITED = "RATE_LIMITED"
    UNAVAILABLE = "UNAVAILABLE"
    CASE_RESOLVED = "CASE_RESOLVED"
    CASE_NOT_RESOLVED = "CASE_NOT_RESOLVED"
    ALREADY_ASSIGNED = "ALREADY_ASSIGNED"
    CHANNEL_WINDOW_CLOSED = "CHANNEL_WINDOW_CLOSED"
    CHANNEL_CANNOT_REPLY = "CHANNEL_CANNOT_REPLY"
    NO_HANDLE_FOR_CHANNEL = "NO_HANDLE_FOR_CHANNEL"
    AMBIGUOUS_RECIPIENT = "AMBIGUOUS_RECIPIENT"
    RECIPIENT_OPTED_OUT = "RECIPIENT_OPTED_OUT"
    RECIPIENT_UNCONFIRMED = "RECIPIENT_UNCONFIRMED"
    VISIBILITY_REQUIRED = "VISIBILITY_REQUIRED"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    ATTACHMENT_NOT_READY = "ATTACHMENT_NOT_READY"
    PUBLIC_PERSONAL_DATA = "PUBLIC_PERSONAL_DATA"
    GUARD_WARNING = "GUARD_WARNING"
    GUARD_SECOND_PERSON = "GUARD_SECOND_PERSON"
    GUARD_BLOCKED = "GUARD_BLOCKED"
    HANDLE_TAKEN = "HANDLE_TAKEN"
    ALREADY_MERGED = "ALREADY_MERGED"
    CUSTOMER_RESTRICTED = "CUSTOMER_RESTRICTED"
    CUSTOMER_ERASED = "CUSTOMER_ERASED"
    LEGAL_HOLD = "LEGAL_HOLD"
    RETENTION_DUTY = "RETENTION_DUTY"
    PURPOSE_REQUIRED = "PURPOSE_REQUIRED"
    BUDGET_CLOSED = "BUDGET_CLOSED"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    OVER_CASE_CAP = "OVER_CASE_CAP"
    OVER_ORDER_VALUE = "OVER_ORDER_VALUE"
    REASON_UNKNOWN = "REASON_UNKNOWN"
    NOT_AWAITING_APPROVAL = "NOT_AWAITING_APPROVAL"
    APPROVAL_EXPIRED = "APPROVAL_EXPIRED"
    SELF_APPROVAL = "SELF_APPROVAL"
    SELF_GRANT = "SELF_GRANT"
    OVER_OWN_LIMIT = "OVER_OWN_LIMIT"


class SubjectState(StrEnum):
    """What became of a customer's record."""

    ACTIVE = "ACTIVE"
    RESTRICTED = "RESTRICTED"
    MERGED = "MERGED"
    ERASED = "ERASED"


class CustomerKind(StrEnum):
    """What sort of customer, as far as is known."""

    UNKNOWN = "UNKNOWN"
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class ViewerKind(StrEnum):
    """Whether somebody or something is asking."""

    PERSON = "PERSON"
    SERVICE = "SERVICE"


class OrderDirection(StrEnum):
    """Which end of an order comes first."""

    ASC = "ASC"
    DESC = "DESC"


class TimelineKind(StrEnum):
    """What sort of timeline entry."""

    CONTACT = "CONTACT"
    NOTE = "NOTE"
    GESTURE = "GESTURE"
    ASSIGNMENT = "ASSIGNMENT"
    COMMITMENT = "COMMITMENT"
    STATUS_CHANGE = "STATUS_CHANGE"
    IDENTITY_CHANGE = "IDENTITY_CHANGE"
    SURVEY_ANSWER = "SURVEY_ANSWER"


class ReferenceKind(StrEnum):
    """What a gesture refers to."""

    ORDER = "ORDER"
    PAYMENT = "PAYMENT"
    SHIPMENT = "SHIPMENT"
    INVOICE = "INVOICE"
    CONTRACT = "CONTRACT"
    OTHER = "OTHER"


class GoneReason(StrEnum):
    """Why a case left a subscriber's sight."""

    TRANSFERRED = "TRANSFERRED"
    RESOLVED = "RESOLVED"
    OFFER_WITHDRAWN = "OFFER_WITHDRAWN"
    ACCESS_LOST = "ACCESS_LOST"
    MERGED = "MERGED"
    ERASED = "ERASED"


ENUMS: tuple[type[StrEnum], ...] = (
    vocabulary.Channel,
    vocabulary.HandleKind,
    vocabulary.HandleAssurance,
    vocabulary.ContentState,
    vocabulary.AttachmentState,
    vocabulary.Direction,
    vocabulary.Visibility,
    vocabulary.ContactKind,
    vocabulary.DeliveryStatus,
    vocabulary.CaseStatus,
    vocabulary.WaitingFor,
    vocabulary.ClockKind,
    vocabulary.ClockState,
    vocabulary.ResolutionOutcome,
    vocabulary.Priority,
    vocabulary.Presence,
    vocabulary.AgentKind,
    vocabulary.GestureKind,
    vocabulary.GestureStatus,
    vocabulary.BudgetPeriod,
    vocabulary.AccountMode,
    vocabulary.Role,
    vocabulary.RoutingTier,
    vocabulary.AssignmentReason,
    vocabulary.CandidateRejection,
    vocabulary.OfferDeclineReason,
    vocabulary.ExclusionReason,
    IncidentState,
    PublicationState,
    Weekday,
    vocabulary.TriageOutcome,
    vocabulary.TriageClass,
    vocabulary.DetailKind,
    vocabulary.GuardVerdict,
    CaseOrderField,
    ErrorCode,
    SubjectState,
    CustomerKind,
    ViewerKind,
    OrderDirection,
    TimelineKind,
    CommitmentStatus,
    ReferenceKind,
    SatisfactionMetric,
    ErasureGround,
    ErasureStatus,
    RestrictionKind,
    ContactBasis,
    GoneReason,
    AccessAction,
    AccessRelation,
    GestureSign,
    ReviewOutcome,
    ReportKind,
)
"""Every enum of the schema. Its docstring is its description."""

for _enum in ENUMS:
    _made: Any = strawberry.enum(_enum, description=_enum.__doc__)
    for _word in _made.__strawberry_definition__.values:
        _word.description = WORDS.get(_enum.__name__, {}).get(_word.name)
