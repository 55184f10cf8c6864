"""Every name under which this system is watched, once: spans, span attributes, metrics, labels, log keys.

What is not named here is refused by `infra.telemetry` and dropped by `infra.logs`. That keeps names, addresses, texts
and numbers of people out of what is watched: a new key is a decision, made in this file.
"""

from __future__ import annotations

# Span names. Low cardinality: never an id, never a value.
HTTP_REQUEST = "http.request"
GRAPHQL_OPERATION = "graphql.operation"
GRAPHQL_SUBSCRIPTION = "graphql.subscription"
GRAPHQL_PUSH = "graphql.push"
COMMAND = "command"
REACTION = "reaction"
WEBHOOK_INTAKE = "webhook.intake"
CHAT_FRAME = "chat.frame"
CHANNEL_SEND = "channel.send"
STORE_APPEND = "store.append"
SQL_STATEMENT = "sql.statement"
REPLAY_ANSWER = "replay.answer"
STARTUP = "startup"

SPAN_NAMES = frozenset(
    {
        HTTP_REQUEST,
        GRAPHQL_OPERATION,
        GRAPHQL_SUBSCRIPTION,
        GRAPHQL_PUSH,
        COMMAND,
        REACTION,
        WEBHOOK_INTAKE,
        CHAT_FRAME,
        CHANNEL_SEND,
        STORE_APPEND,
        SQL_STATEMENT,
        REPLAY_ANSWER,
        STARTUP,
    }
)

SPAN_ATTRIBUTES: dict[str, str] = {
    "http_method": "http.request.method",
    "http_route": "http.route",
    "http_status": "http.response.status_code",
    "request_id": "eender.request.id",
    "graphql_operation": "graphql.operation.name",
    "graphql_kind": "graphql.operation.type",
    "graphql_document": "graphql.document.hash",
    "graphql_cost": "eender.graphql.cost",
    "sql_statement": "db.query.summary",
    "rows": "db.response.returned_rows",
    "subject": "messaging.destination.name",
    "origin": "eender.origin",
    "position": "eender.position",
    "stream_kind": "eender.stream.kind",
    "stream_id": "eender.stream.id",
    "stream_version": "eender.stream.version",
    "topic": "eender.topic",
    "facts": "eender.facts",
    "command": "eender.command",
    "handler": "eender.handler",
    "attempt": "eender.attempt",
    "repeated": "eender.repeated",
    "channel": "eender.channel",
    "account": "eender.account",
    "result": "eender.result",
    "reason": "eender.reason",
    "role": "eender.role",
    "error_class": "error.type",
}
"""What a span may carry, by the keyword of `telemetry.span`. Ids of streams are pseudonyms; values of handles never."""

# Metrics: counters end in _total, times are seconds, positions are gauges.
WEBHOOKS = "eender_webhooks_total"
IGNORED_ITEMS = "eender_ignored_items_total"
FACTS_APPENDED = "eender_facts_appended_total"
SEQUENCER_POSITION = "eender_sequencer_position"
RELAY_POSITION = "eender_relay_position"
CONSUMER_POSITION = "eender_consumer_position"
CONSUMER_LAG = "eender_consumer_lag"
DEAD_LETTERS = "eender_dead_letters_total"
HANDLER_DURATION = "eender_handler_duration_seconds"
HTTP_DURATION = "eender_http_request_duration_seconds"
GRAPHQL_DURATION = "eender_graphql_operation_duration_seconds"
ACCESS_UNLOGGED = "eender_access_unlogged_total"
GRAPHQL_PLANNED = "eender_graphql_planned_total"
GRAPHQL_NOT_PLANNED = "eender_graphql_not_planned_total"
GRAPHQL_ERRORS = "eender_graphql_errors_total"
SENDS = "eender_sends_total"
CAPACITY_ALARM = "eender_capacity_alarm"
OFFERED_LOAD = "eender_offered_load"
CLOCKS_NOTICED = "eender_clocks_noticed_total"
INCIDENTS_SUSPECTED = "eender_incidents_suspected_total"
COMMAND_RETRIES = "eender_command_retries_total"
ACCOUNTS_SILENT = "eender_accounts_silent"
ACCOUNTS_IN_TROUBLE = "eender_accounts_in_trouble"
ATTACHMENTS = "eender_attachments_total"
COMPLAINTS_UNANSWERED = "eender_complaints_unanswered"
CLASSIFIER_ANSWERS = "eender_classifier_answers_total"

LABELS = frozenset(
    {
        "channel",
        "result",
        "reason",
        "topic",
        "origin",
        "handler",
        "method",
        "route",
        "status",
        "operation",
        "code",
        "kind",
        "where",
    }
)
"""The labels of metrics. Each takes few values: codes, names of code, configured names; never an id or a person."""

LOG_KEYS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "logger",
        "trace_id",
        "span_id",
        "error_class",
        "error_at",
        "url",
        "host",
        "database",
        "port",
        "pid",
        "signal",
        "version",
        "migration",
        "seconds",
        "count",
        "mentions",
        "cases",
        "limit",
        "variable",
        "operation",
        "status",
        "method",
        "route",
        "code",
        "kid",
        "case_id",
        "contact_id",
        "event_id",
        "command_id",
        "correlation_id",
        "last_position",
        "consumer",
        "task",
        "digest",
        *SPAN_ATTRIBUTES,
    }
)
"""What a log line may carry. `url`: of this system's own listeners only, never with a query or a password."""
