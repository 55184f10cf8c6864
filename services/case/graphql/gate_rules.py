"""What the configuration file says of the gate."""

from __future__ import annotations

from contracts.configuration import ConfigurationError
from contracts.http_access import Http
from contracts.vocabulary import Role
from services.case.graphql.gate import GateRules
from services.case.graphql.trusted import KEY, read_trusted


def gate_rules(http: Http) -> GateRules:
    """The rules of an installation; the file of trusted documents is read.

    Raises:
        ConfigurationError: that file cannot be used, or only trusted documents are taken and there are none.
    """
    trusted = read_trusted(http.trusted_documents)
    if http.trusted_only and not trusted:
        raise ConfigurationError(KEY, "missing: `http.trusted_only` leaves no other document to execute")
    return GateRules(
        cost_max=http.cost_max,
        points_per_minute_max=http.points_per_minute_max,
        introspection=frozenset(Role(role.upper()) for role in http.introspection),
        trusted=trusted,
        trusted_only=http.trusted_only,
    )
