"""The figures by which a service is watched, all of them, for Prometheus. Labels take few values and never a person's.

Positions are compared by those who watch: `relay` behind `sequencer` is a slow transport, `consumer` behind `relay` a
slow or stuck consumer.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from infra import attributes

SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

webhooks = Counter(attributes.WEBHOOKS, "Webhooks by what was answered.", ("channel", "result"))
ignored_items = Counter(
    attributes.IGNORED_ITEMS, "Parts of payloads that became nothing, by why.", ("channel", "reason")
)
facts_appended = Counter(attributes.FACTS_APPENDED, "Facts stored, by topic.", ("topic",))
sequencer_position = Gauge(attributes.SEQUENCER_POSITION, "The last position of this service's log.")
relay_position = Gauge(attributes.RELAY_POSITION, "The last position that is in the transport.")
consumer_position = Gauge(attributes.CONSUMER_POSITION, "The last position taken in, by origin.", ("origin",))
consumer_lag = Gauge(attributes.CONSUMER_LAG, "Positions of the origin's log not yet taken in.", ("origin",))
dead_letters = Counter(attributes.DEAD_LETTERS, "Messages given up, by handler.", ("origin", "handler"))
handler_duration = Histogram(
    attributes.HANDLER_DURATION, "How long a message takes to take effect.", ("handler",), buckets=SECONDS_BUCKETS
)
http_duration = Histogram(
    attributes.HTTP_DURATION,
    "How long a request takes, by route template.",
    ("method", "route", "status"),
    buckets=SECONDS_BUCKETS,
)
graphql_duration = Histogram(
    attributes.GRAPHQL_DURATION,
    "How long an operation takes, by its name in the trusted documents, else `other`.",
    ("operation",),
    buckets=SECONDS_BUCKETS,
)
graphql_planned = Counter(attributes.GRAPHQL_PLANNED, "Queries answered by one statement.")
graphql_not_planned = Counter(
    attributes.GRAPHQL_NOT_PLANNED, "Operations that Strawberry answered, by the field or other reason.", ("reason",)
)
graphql_errors = Counter(attributes.GRAPHQL_ERRORS, "Operations that failed or were refused, by code.", ("code",))
access_unlogged = Counter(
    attributes.ACCESS_UNLOGGED, "Refused tokens that came in a flood and were not put into the access log."
)
offered_load = Gauge(attributes.OFFERED_LOAD, "Work of the last hour as a part of what those rostered can do.")
capacity_alarm = Gauge(attributes.CAPACITY_ALARM, "1 while more work comes in than those rostered can do.")
clocks_noticed = Counter(
    attributes.CLOCKS_NOTICED, "Clocks of cases that were about to run out, or did, by kind.", ("kind", "result")
)
incidents_suspected = Counter(
    attributes.INCIDENTS_SUSPECTED, "Times when more came in than usual, of a brand or of a cause.", ("kind",)
)
sends = Counter(attributes.SENDS, "Attempts to send a reply, by what became of them.", ("channel", "result"))
command_retries = Counter(attributes.COMMAND_RETRIES, "Decisions made again after a lost race.", ("reason",))
accounts_silent = Gauge(
    attributes.ACCOUNTS_SILENT, "Channel accounts by which nothing comes in though it should.", ("channel",)
)
accounts_in_trouble = Gauge(
    attributes.ACCOUNTS_IN_TROUBLE, "Channel accounts that are fetched and cannot be reached.", ("channel",)
)
attachments = Counter(
    attributes.ATTACHMENTS, "Files that came along, by what became of them and why.", ("result", "reason")
)
complaints_unanswered = Gauge(
    attributes.COMPLAINTS_UNANSWERED,
    "Complaints that were closed, or noted as mentions, without an answer.",
    ("where",),
)
classifier_answers = Counter(
    attributes.CLASSIFIER_ANSWERS, "Questions to the installation's classifier, by what became of them.", ("result",)
)
