"""What the configuration file says to the record, and how patient it is."""

from __future__ import annotations

import msgspec

from contracts.configuration import Configuration, configuration_digest
from services.case.domain.policy import CasePolicy

MUTATION_WAIT_MS_MAX = 5_000
"""How long a mutation waits for the fact that it caused in another service."""


class CaseSettings(msgspec.Struct, frozen=True):
    """The policy decisions are made by, the whole file behind it, and its digest as all services know it."""

    configuration: Configuration
    policy: CasePolicy
    digest: str
    mutation_wait_ms_max: int = MUTATION_WAIT_MS_MAX

    @classmethod
    def of(cls, configuration: Configuration) -> CaseSettings:
        """The settings of a configuration."""
        return cls(
            configuration=configuration,
            policy=CasePolicy.of(configuration),
            digest=configuration_digest(configuration),
        )

    def signing_with(self, secret: bytes) -> CaseSettings:
        """The same, able to sign what agents confirm."""
        guards = msgspec.structs.replace(self.policy.guards, secret=secret)
        return msgspec.structs.replace(self, policy=msgspec.structs.replace(self.policy, guards=guards))
