"""The words every service may use: channels, kinds, states, roles, money. Values are stored and sent, never renamed."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

NAMESPACE = UUID("5b0c3a0e-7d0f-5c0a-9f0e-0ee17de20001")
"""Root of every name-based id of this system (uuid5), so that the same name gives the same id in each service."""


def id_of(kind: str, *names: str) -> UUID:
    """The id of a thing that has a stable name, such as an agent's ref: `id_of("agent", "anna")`."""
    return uuid5(NAMESPACE, "\x1f".join((kind, *names)))


class Channel(StrEnum):
    """Where a contact comes in or goes out."""

    FORM = "FORM"
    WEBHOOK = "WEBHOOK"
    EMAIL = "EMAIL"
    WHATSAPP = "WHATSAPP"
    MESSENGER = "MESSENGER"
    FACEBOOK = "FACEBOOK"
    INSTAGRAM = "INSTAGRAM"
    X = "X"
    TELEGRAM = "TELEGRAM"
    SMS = "SMS"
    VOICE = "VOICE"
    CHAT = "CHAT"
    TRUSTPILOT = "TRUSTPILOT"
    GOOGLE_REVIEWS = "GOOGLE_REVIEWS"
    YOUTUBE = "YOUTUBE"
    FEED = "FEED"
    MEDIA = "MEDIA"
    LETTER = "LETTER"
    VISIT = "VISIT"

    @property
    def path(self) -> str:
        """The channel as it stands in a webhook's path and in the configuration: `google-reviews`."""
        return self.value.lower().replace("_", "-")

    @classmethod
    def from_path(cls, path: str) -> Channel | None:
        """The channel named by a webhook's path, or None."""
        return _CHANNEL_BY_PATH.get(path)


_CHANNEL_BY_PATH = {channel.path: channel for channel in Channel}


class HandleKind(StrEnum):
    """What kind of address a customer is known by."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    WHATSAPP = "WHATSAPP"
    MESSENGER = "MESSENGER"
    FACEBOOK = "FACEBOOK"
    INSTAGRAM = "INSTAGRAM"
    X = "X"
    TELEGRAM = "TELEGRAM"
    CHAT_VISITOR = "CHAT_VISITOR"
    TRUSTPILOT = "TRUSTPILOT"
    GOOGLE = "GOOGLE"
    YOUTUBE = "YOUTUBE"
    WEB = "WEB"


class HandleAssurance(StrEnum):
    """How sure we are that a handle is its customer's, least first."""

    SELF_ASSERTED = "SELF_ASSERTED"
    AGENT_RECORDED = "AGENT_RECORDED"
    PLATFORM = "PLATFORM"
    CONFIRMED = "CONFIRMED"


class Direction(StrEnum):
    """To us or from us."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class Visibility(StrEnum):
    """Who can read along."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"
    LIMITED = "LIMITED"


class ContactKind(StrEnum):
    """What a contact is on its channel."""

    MESSAGE = "MESSAGE"
    COMMENT = "COMMENT"
    MENTION = "MENTION"
    REVIEW = "REVIEW"
    CALL = "CALL"
    FORM = "FORM"
    ARTICLE = "ARTICLE"
    BROADCAST = "BROADCAST"
    NOTE = "NOTE"
    LETTER = "LETTER"
    VISIT = "VISIT"


class SpanKind(StrEnum):
    """Why a part of a text is set apart: somebody else's words, or what stands below every message of its writer."""

    QUOTE = "QUOTE"
    SIGNATURE = "SIGNATURE"


class DeliveryStatus(StrEnum):
    """How far a contact has come. Statuses of a reply only move forward."""

    RECEIVED = "RECEIVED"
    HELD = "HELD"
    REQUESTED = "REQUESTED"
    ACCEPTED = "ACCEPTED"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class CaseStatus(StrEnum):
    """Whether we are to move, somebody else is, or the matter is settled."""

    OPEN = "OPEN"
    WAITING = "WAITING"
    RESOLVED = "RESOLVED"


class WaitingFor(StrEnum):
    """Whom or what a waiting case waits for."""

    CUSTOMER = "CUSTOMER"
    COLLEAGUE = "COLLEAGUE"
    THIRD_PARTY = "THIRD_PARTY"
    APPROVAL = "APPROVAL"
    DATE = "DATE"


class ResolutionOutcome(StrEnum):
    """How a matter ended."""

    SOLVED = "SOLVED"
    NO_REPLY_NEEDED = "NO_REPLY_NEEDED"
    DUPLICATE = "DUPLICATE"
    SPAM = "SPAM"
    UNREACHABLE = "UNREACHABLE"


class Priority(StrEnum):
    """How soon, by the matter, never by the noise."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


class ClockKind(StrEnum):
    """What a clock of a case measures: until somebody acknowledged, answered, answered again, resolved, kept a word."""

    ACKNOWLEDGE = "ACKNOWLEDGE"
    FIRST_ANSWER = "FIRST_ANSWER"
    NEXT_ANSWER = "NEXT_ANSWER"
    RESOLVE = "RESOLVE"
    COMMITMENT = "COMMITMENT"


class ClockState(StrEnum):
    """How a clock stands against its target."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    MET = "MET"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"


class Presence(StrEnum):
    """Whether an agent takes new cases now."""

    ONLINE = "ONLINE"
    AWAY = "AWAY"
    OFFLINE = "OFFLINE"


class AgentKind(StrEnum):
    """A person, or a bot bound to an integration."""

    PERSON = "PERSON"
    BOT = "BOT"


class GestureKind(StrEnum):
    """What is given to a customer."""

    REFUND = "REFUND"
    VOUCHER = "VOUCHER"
    REPLACEMENT = "REPLACEMENT"
    GIFT = "GIFT"
    FEE_WAIVED = "FEE_WAIVED"


class GestureStatus(StrEnum):
    """How far a gesture has come. REFUSED by the ledger, DECLINED by a person."""

    REQUESTED = "REQUESTED"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    PAYING = "PAYING"
    GIVEN = "GIVEN"
    FAILED = "FAILED"
    REFUSED = "REFUSED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    REVERSED = "REVERSED"


class BudgetPeriod(StrEnum):
    """The calendar period a budget is granted for; weeks begin on Monday."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


class BudgetOwnerKind(StrEnum):
    """Whose budget it is."""

    AGENT = "AGENT"
    TEAM = "TEAM"


class Role(StrEnum):
    """What a token lets its subject do."""

    AGENT = "AGENT"
    LEAD = "LEAD"
    AUDITOR = "AUDITOR"
    PRIVACY = "PRIVACY"
    ADMIN = "ADMIN"
    INTEGRATION = "INTEGRATION"


class RoutingTier(StrEnum):
    """Why somebody is a candidate, strongest first."""

    CASE_ASSIGNEE = "CASE_ASSIGNEE"
    OWNER = "OWNER"
    PARTNER = "PARTNER"
    RECENT = "RECENT"
    LEAST_LOADED = "LEAST_LOADED"
    MANUAL = "MANUAL"
    CLAIMED = "CLAIMED"


class AssignmentReason(StrEnum):
    """Why a case went to whom it went."""

    OPEN_CASE = "OPEN_CASE"
    OWNER_IN_TIME = "OWNER_IN_TIME"
    PARTNER_IN_TIME = "PARTNER_IN_TIME"
    RECENT_IN_TIME = "RECENT_IN_TIME"
    LEAST_LOADED = "LEAST_LOADED"
    HELD_FOR_OWNER = "HELD_FOR_OWNER"
    OVERFLOW_DEADLINE = "OVERFLOW_DEADLINE"
    NOBODY_AVAILABLE = "NOBODY_AVAILABLE"
    TRANSFERRED = "TRANSFERRED"
    CLAIMED = "CLAIMED"
    DECLINED_BY_PREVIOUS = "DECLINED_BY_PREVIOUS"
    DUTY_ENDED = "DUTY_ENDED"


class CandidateRejection(StrEnum):
    """Why a candidate was not chosen."""

    CAPACITY = "CAPACITY"
    SKILL = "SKILL"
    LANGUAGE = "LANGUAGE"
    NOT_IN_TIME = "NOT_IN_TIME"
    UNAVAILABLE = "UNAVAILABLE"
    EXCLUDED = "EXCLUDED"
    DECLINED = "DECLINED"
    LOWER_TIER = "LOWER_TIER"


class ExclusionReason(StrEnum):
    """Why an agent is not to handle a customer."""

    CUSTOMER_REFUSES = "CUSTOMER_REFUSES"
    CONFLICT_OF_INTEREST = "CONFLICT_OF_INTEREST"


class OfferDeclineReason(StrEnum):
    """Why an agent does not take an offered case. CONFLICT_OF_INTEREST: nor any other of the customer, from then on."""

    BUSY = "BUSY"
    NOT_MY_SKILL = "NOT_MY_SKILL"
    CONFLICT_OF_INTEREST = "CONFLICT_OF_INTEREST"
    OTHER = "OTHER"


class ContentState(StrEnum):
    """What became of a sealed text."""

    PRESENT = "PRESENT"
    NONE = "NONE"
    REMOVED_BY_SENDER = "REMOVED_BY_SENDER"
    REDACTED = "REDACTED"
    EXPIRED = "EXPIRED"
    ERASED = "ERASED"
    NOT_PERMITTED = "NOT_PERMITTED"


class AttachmentState(StrEnum):
    """How far a file that came along, or is to go along, has come."""

    PENDING = "PENDING"
    READY = "READY"
    QUARANTINED = "QUARANTINED"
    REFUSED = "REFUSED"
    REMOVED = "REMOVED"


class TriageOutcome(StrEnum):
    """What becomes of something that was said: a case, or a mention that nobody answers."""

    CASE = "CASE"
    NO_REPLY = "NO_REPLY"
    NOISE = "NOISE"
    SPAM = "SPAM"


class TriageClass(StrEnum):
    """What somebody says, as far as can be told."""

    QUESTION = "QUESTION"
    COMPLAINT = "COMPLAINT"
    COMPLIMENT = "COMPLIMENT"
    BUYING_SIGNAL = "BUYING_SIGNAL"
    PRODUCT_TIP = "PRODUCT_TIP"
    FACTUAL_ERROR = "FACTUAL_ERROR"
    NEWS = "NEWS"
    RECEIPT_NOISE = "RECEIPT_NOISE"
    SPAM = "SPAM"
    OTHER = "OTHER"


class DetailKind(StrEnum):
    """What of a text tells which matter, or who, it is about."""

    ORDER = "ORDER"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    POSTCODE = "POSTCODE"
    BANK_ACCOUNT = "BANK_ACCOUNT"


class RefusalCode(StrEnum):
    """Why a command was refused; the GraphQL API hands these out as `ErrorCode`."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    UNAVAILABLE = "UNAVAILABLE"
    CASE_RESOLVED = "CASE_RESOLVED"
    CASE_NOT_RESOLVED = "CASE_NOT_RESOLVED"
    ALREADY_ASSIGNED = "ALREADY_ASSIGNED"
    CHANNEL_WINDOW_CLOSED = "CHANNEL_WINDOW_CLOSED"
    CHANNEL_CANNOT_REPLY = "CHANNEL_CANNOT_REPLY"
    NO_HANDLE_FOR_CHANNEL = "NO_HANDLE_FOR_CHANNEL"
    RECIPIENT_UNCONFIRMED = "RECIPIENT_UNCONFIRMED"
    VISIBILITY_REQUIRED = "VISIBILITY_REQUIRED"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    ATTACHMENT_NOT_READY = "ATTACHMENT_NOT_READY"
    RECIPIENT_OPTED_OUT = "RECIPIENT_OPTED_OUT"
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


class ActorKind(StrEnum):
    """What sort of actor."""

    AGENT = "AGENT"
    STAFF = "STAFF"
    CUSTOMER = "CUSTOMER"
    INTEGRATION = "INTEGRATION"
    SYSTEM = "SYSTEM"


class Actor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did it. `ref`: an agent's ref, a staff member's or integration's subject, a customer's id, a service's name.

    Never a name or an address. Rules about "another person" compare `ref`s. `scopes`: of an integration, what its token
    let it do.
    """

    kind: ActorKind
    ref: str
    role: Role | None = None
    scopes: tuple[str, ...] = ()


def system_actor(service: str) -> Actor:
    """The actor of what a service does by itself."""
    return Actor(kind=ActorKind.SYSTEM, ref=service)


class Refusal(Exception):  # noqa: N818  (a refusal is an answer, not a fault)
    """A decision that was refused: a code for screens, a sentence for developers, the input field at fault."""

    def __init__(self, code: RefusalCode, message: str, *path: str, current_version: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path
        self.current_version = current_version


class AccountMode(StrEnum):
    """What may leave by a channel account: nothing, answers only, or also what nobody asked for."""

    LISTEN = "LISTEN"
    REACT = "REACT"
    PROACTIVE = "PROACTIVE"


class GuardVerdict(StrEnum):
    """What a guard rail says of an answer: somebody is to think again, another person is to agree, or it stays here."""

    WARN = "WARN"
    SECOND_PERSON = "SECOND_PERSON"
    BLOCK = "BLOCK"
