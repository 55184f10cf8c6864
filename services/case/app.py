"""The case service put together: the only place that knows every part of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
from litestar import Litestar

from contracts import subjects
from contracts.configuration import Configuration
from contracts.installation import Oidc
from contracts.stored import Record
from infra.configuration_file import read_configuration
from infra.confirmations import confirmation_key
from infra.event_store import PostgresRecord
from infra.health import health_router
from infra.http_tracing import HttpTracing
from infra.issuer import Issuer
from infra.journal import Journal
from infra.migrate import migrate
from infra.oidc import OidcKeys, oidc_rules
from infra.postgres import open_pool
from infra.prepared import PreparedLines
from infra.runtime import Runtime
from infra.sealing import KeyRing, load_kek, migrate_keys
from infra.settings import KEYS_URL, ServiceSettings, SettingsError
from infra.sql import statements
from infra.tiles import log_router
from infra.token_verifier import Clock, TokenRefused, TokenVerifier
from services.case.commands.keeping_clocks import ClockedRecord
from services.case.domain.access import AccessEntry
from services.case.graphql.hub import Hub
from services.case.ports import Classifier
from services.case.projections import PROJECTIONS
from services.case.providers.classifier import classifier_of
from services.case.publish import contract_fact
from services.case.queries.access_log import append_access
from services.case.queries.directory import PostgresDirectory
from services.case.queries.readiness import configurations_to_come
from services.case.reactions.assign_case_on_case_routed import decisions_before
from services.case.reactions.attach_contact_on_contact_received import contacts_before
from services.case.settings import CaseSettings
from services.case.workers.background import background
from services.case.workers.payer import Payer
from services.case.workers.paying import open_payer, payer_routes
from services.case.workers.reacting import reactions_to_channels, reactions_to_routing
from services.case.workers.waking import waking

MIGRATIONS = ("services.case.migrations",)
STATEMENTS = ("services.case.projections", "services.case.reactions", "infra.withholding")
ISSUER_POOL_SIZE_MAX = 2
ACCESS_LOG_SECONDS_MAX = 2.0
"""How long an ending service goes on writing down who saw what."""


def case_runtime(settings: ServiceSettings) -> Runtime:
    """What the service runs on."""
    return Runtime(
        service=subjects.CASE,
        settings=settings,
        packages=MIGRATIONS,
        statements_packages=STATEMENTS,
        projections=PROJECTIONS,
        publish=contract_fact,
        sealing=True,
    )


class CaseService:
    """The service as an ASGI application. It works from its lifespan's startup to its shutdown."""

    def __init__(self, settings: ServiceSettings, configuration: Configuration) -> None:
        from services.case.graphql.gate_rules import gate_rules  # noqa: PLC0415  (as in `_app`)

        self.runtime = case_runtime(settings)
        self.hub = Hub()
        self.access: Journal[AccessEntry] = Journal(self._write_access)
        self._settings = settings
        self._case = settings_of(settings, configuration)
        self._configured = False
        self._gate = gate_rules(configuration.http)
        self._resting = Litestar(
            [health_router(self.ready)], lifespan=[self._running], openapi_config=None, logging_config=None
        )
        self._serving: Any = self._resting

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        app = self._resting if scope["type"] == "lifespan" else self._serving
        await app(scope, receive, send)

    async def ready(self) -> list[str]:
        """Why it cannot do its work now: also as long as the configuration cannot be seen through the API.

        Once it could, it can: where services are started anew one by one with another file, this one goes on meanwhile.
        """
        reasons = await self.runtime.ready()
        if reasons or self._configured:
            return reasons
        to_come = await configurations_to_come(self.runtime.pool, self._case.digest)
        self._configured = not to_come
        return [f"the configuration of {origin} has not arrived yet" for origin in to_come]

    @asynccontextmanager
    async def _running(self, _app: Litestar) -> AsyncIterator[None]:
        # Here and not above: the command line opens the record without the API, and is to start at once.
        from services.case.graphql.screens import open_screens  # noqa: PLC0415  (see above)

        async with AsyncExitStack() as resources:
            await resources.enter_async_context(self.runtime)
            verifier = await open_verifier(self._settings, self._case.configuration.oidc, self.runtime.clock, resources)
            directory = PostgresDirectory(self.runtime.pool)
            self._case.policy.levels.look_ahead(self.runtime.clock.now())
            record = ClockedRecord(self.runtime.record, directory, self._case.policy.levels)
            screens = await open_screens(self._settings.database_url)
            resources.push_async_callback(screens.close)
            payouts, policy = self._case.configuration.payouts, self._case.policy
            payer = None if payouts is None else await open_payer(self.runtime, record, policy, payouts, resources)
            asked = classifier_of(self._case.configuration, self.runtime.clock)
            self._follow(record, directory, payer, await resources.enter_async_context(asked))
            self._serving = HttpTracing(self._app(record, directory, verifier, screens))
            yield
            self._serving = self._resting
            await self.access.drain(seconds_max=ACCESS_LOG_SECONDS_MAX)

    async def _write_access(self, entries: Sequence[AccessEntry]) -> None:
        await append_access(self.runtime.pool, self.runtime.clock, entries)

    def _follow(
        self, record: Record, directory: PostgresDirectory, payer: Payer | None, classifier: Classifier | None
    ) -> None:
        """Begin to react to the other services; whoever waits here for an effect is woken after it."""
        channels = reactions_to_channels(self.runtime, record, directory, self._case, classifier)
        # A classifier answers one sooner than another, and a sender's contacts would change places.
        together = {subjects.CONTACT_RECEIVED: contacts_before} if classifier is None else None
        self.runtime.consume(subjects.CHANNELS, waking(channels, self.hub), together=together)
        routing = reactions_to_routing(record, self._case, (lambda: None) if payer is None else payer.wake)
        self.runtime.consume(
            subjects.ROUTING, waking(routing, self.hub), together={subjects.CASE_ROUTED: decisions_before}
        )
        self.runtime.on_sequenced(self.hub.sequenced)
        self.runtime.spawn("access-log", self.access.run)
        for name, work in background(self.runtime, record, directory, self._case).items():
            self.runtime.spawn(name, work)
        if payer is not None:
            self.runtime.spawn("payer", payer.run)
        self.runtime.run()

    def _app(
        self, record: Record, directory: PostgresDirectory, verifier: TokenVerifier, screens: PreparedLines
    ) -> Any:
        # Here and not above: the command line opens the record without the API, and is to start at once.
        from services.case.graphql.api import Api  # noqa: PLC0415  (see above)
        from services.case.graphql.app import GraphQLFirst  # noqa: PLC0415  (see above)
        from services.case.graphql.attachment_links import links_of  # noqa: PLC0415  (see above)
        from services.case.graphql.context import GraphQLDeps  # noqa: PLC0415  (see above)
        from services.case.graphql.explorer import explorer_routes  # noqa: PLC0415  (see above)

        configuration = self._case.configuration
        deps = GraphQLDeps(
            pool=self.runtime.pool,
            record=record,
            directory=directory,
            policy=self._case.policy,
            verifier=verifier,
            refused_token=TokenRefused,
            clock=self.runtime.clock,
            ids=self.runtime.ids,
            hub=self.hub,
            access=self.access,
            checkpoints=self.runtime.checkpointer,
            units_of=configuration.units_of,
            keys=self.runtime.keys,
            screens=screens,
            links=links_of(self._settings, configuration),
            purposes=configuration.purpose_codes,
            allowed_origins=configuration.http.allowed_origins,
            gate=self._gate,
            federated=configuration.http.federation,
            time_zone=configuration.timezone,
            bots=configuration.bots,
            mutation_wait_ms_max=self._case.mutation_wait_ms_max,
        )
        payers = payer_routes(self.runtime, record, self._case.policy, configuration.payouts, directory)
        routes: list[Any] = [*explorer_routes(), *payers, health_router(self.ready), log_router(self.runtime)]
        return GraphQLFirst(Api(deps), Litestar(routes, openapi_config=None, logging_config=None))


def settings_of(settings: ServiceSettings, configuration: Configuration) -> CaseSettings:
    """What decisions are made by. Without a key-encryption key nothing can be confirmed."""
    found = CaseSettings.of(configuration)
    return found if settings.kek_spec is None else found.signing_with(confirmation_key(load_kek(settings.kek_spec)))


def keys_of(settings: ServiceSettings) -> tuple[str, str]:
    """Where the keys are, and the spec of the key that wraps them.

    Raises:
        SettingsError: the environment does not say.
    """
    if settings.keys_url is None or settings.kek_spec is None:
        raise SettingsError(KEYS_URL, "must be set for the case service, and the key-encryption key too")
    return settings.keys_url, settings.kek_spec


async def open_verifier(
    settings: ServiceSettings, oidc: Oidc | None, clock: Clock, resources: AsyncExitStack
) -> TokenVerifier:
    """Of the installation's own OIDC issuer, else of the embedded one, which gets its key here.

    Raises:
        SettingsError: the keys are nowhere.
    """
    if oidc is not None:
        client = await resources.enter_async_context(httpx.AsyncClient())
        rules = oidc_rules(oidc.issuer, oidc.audience, oidc.role_claim, oidc.subject_claim)
        return TokenVerifier(OidcKeys(oidc.issuer, client).fetch, clock, rules)
    keys_url, kek_spec = keys_of(settings)
    pool = await open_pool(keys_url, application_name="eender-case-issuer", size_max=ISSUER_POOL_SIZE_MAX)
    resources.push_async_callback(pool.close)
    issuer = Issuer(pool, load_kek(kek_spec))
    await issuer.ensure_key()
    return TokenVerifier(issuer.public_keys, clock)


@asynccontextmanager
async def open_record(settings: ServiceSettings) -> AsyncIterator[PostgresRecord]:
    """The record alone, for a command line that writes to it beside a running service or without one.

    Raises:
        SettingsError: the keys are nowhere.
        NewerDataError: the data is of a newer version of the program.
    """
    keys_url, kek_spec = keys_of(settings)
    async with AsyncExitStack() as resources:
        pool = await open_pool(settings.database_url, application_name="eender-console", size_max=1)
        resources.push_async_callback(pool.close)
        keys_pool = await open_pool(keys_url, application_name="eender-console", size_max=1)
        resources.push_async_callback(keys_pool.close)
        await migrate(pool, *MIGRATIONS)
        await migrate_keys(keys_pool)
        keys = KeyRing(keys_pool, load_kek(kek_spec))
        yield PostgresRecord(pool, keys, PROJECTIONS, statements(*STATEMENTS), lambda: None)


def create_app(env: Mapping[str, str] | None = None) -> CaseService:
    """The service as its environment says.

    Raises:
        SettingsError: a variable is missing or malformed.
        ConfigurationError: the configuration cannot be used.
    """
    environment = os.environ if env is None else env
    settings = ServiceSettings.from_environment(environment)
    return CaseService(settings, read_configuration(settings.config_path, environment))
