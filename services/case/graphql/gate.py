"""What a request passes before anything of it is executed: is it known, is it allowed, what does it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLError, GraphQLSchema

from contracts.vocabulary import Role
from services.case.graphql.access import Principal
from services.case.graphql.allowances import Allowances
from services.case.graphql.pricing import DEPTH_MAX, Priced, TooDeepError, priced
from services.case.graphql.requests import Asked, BadRequestError
from services.case.graphql.trusted import known
from services.case.ports import Clock

COST_MAX = 10_000
POINTS_PER_MINUTE_MAX = 12_000_000
WELL_FORMED, TOO_MANY_REQUESTS = 400, 429


@dataclass(frozen=True, slots=True)
class GateRules:
    """What an installation lets through.

    `trusted`: documents by id. `trusted_only`: no others. `introspection`: the roles that may ask for the schema.
    """

    cost_max: int = COST_MAX
    points_per_minute_max: int = POINTS_PER_MINUTE_MAX
    introspection: frozenset[Role] = frozenset(Role)
    trusted: Mapping[str, str] = field(default_factory=dict)
    trusted_only: bool = False


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may be executed. `priced` None: no document, or one that does not say which operation is meant.

    The library tells those what is wrong.
    """

    asked: Asked
    cost: int
    priced: Priced | None


class Gate:
    """Lets requests in, or says why not. One per process."""

    def __init__(self, rules: GateRules, schema: GraphQLSchema, clock: Clock) -> None:
        self.rules = rules
        self._schema = schema
        self._clock = clock
        self._allowances = Allowances(rules.points_per_minute_max)

    def admit(self, asked: Asked, principal: Principal) -> Admitted:
        """The request with its document, its cost taken from what the principal may still ask for.

        Raises:
            BadRequestError: PERSISTED_QUERY_NOT_FOUND, TRUSTED_DOCUMENTS_ONLY, FORBIDDEN (introspection),
                COST_LIMIT_EXCEEDED, GRAPHQL_VALIDATION_FAILED (too deep), RATE_LIMITED.
        """
        asked = self._with_document(asked)
        try:
            found = priced(self._schema, asked.query, asked.operation_name)
        except TooDeepError:
            raise _refused("GRAPHQL_VALIDATION_FAILED", f"the document has more than {DEPTH_MAX} levels") from None
        except GraphQLError:
            found = None
        if found is None:
            self._take(principal, 1)
            return Admitted(asked, 1, None)
        if found.introspects and principal.role not in self.rules.introspection:
            raise _refused("FORBIDDEN", "this role may not ask for the schema")
        cost = found.cost(asked.variables)
        if cost > self.rules.cost_max:
            message = f"it costs {min(cost, 10**9)} points, {self.rules.cost_max} at the most: ask for shorter lists"
            raise _refused("COST_LIMIT_EXCEEDED", message)
        self._take(principal, max(cost, 1))
        return Admitted(asked, cost, found)

    def told(self, admitted: Admitted) -> dict[str, Any]:
        """What an answer says of it, among its `extensions`."""
        return {"cost": {"requested": admitted.cost, "maximum": self.rules.cost_max}}

    def _with_document(self, asked: Asked) -> Asked:
        if asked.document_id is None:
            if self.rules.trusted_only and asked.query not in self.rules.trusted.values():
                raise _refused("TRUSTED_DOCUMENTS_ONLY", "only documents that are known by `documentId` are taken")
            return asked
        text = known(self.rules.trusted, asked.document_id)
        if text is None or (asked.query and asked.query != text):
            raise _refused("PERSISTED_QUERY_NOT_FOUND", "no document is known by this id")
        return replace(asked, query=text)

    def _take(self, principal: Principal, points: int) -> None:
        wait_s = self._allowances.take(principal.subject, points, self._clock.now())
        if wait_s:
            message = f"at most {self.rules.points_per_minute_max} points a minute"
            raise BadRequestError(TOO_MANY_REQUESTS, "RATE_LIMITED", message, {"retry-after": str(wait_s)})


def _refused(code: str, message: str) -> BadRequestError:
    return BadRequestError(WELL_FORMED, code, message, well_formed=True)
