"""The configuration file: read and checked as a whole, before anything starts.

Every service reads the same file. Reading it is pure: text, environment and a way to read files are arguments. Every
complaint names the key at fault as it stands in the file, and never repeats a secret.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import phonenumbers

from contracts.addresses import address_complaint, is_origin
from contracts.channel_secrets import EITHER, SECRETS
from contracts.configuration_error import ConfigurationError
from contracts.controls_check import controls_complaint
from contracts.gesture_check import gesture_complaint
from contracts.guard_check import guard_complaint
from contracts.hosts import is_secure
from contracts.http_access import Http
from contracts.installation import (
    CAPACITY_UNITS_DEFAULT,
    CAPACITY_UNITS_ELSEWHERE,
    PURPOSES_DEFAULT,
    REASONS_DEFAULT,
    Agent,
    Brand,
    Budget,
    Cause,
    ChannelAccount,
    Configuration,
    Oidc,
    Purpose,
    Reason,
    Team,
)
from contracts.money import to_minor
from contracts.objects_check import objects_complaint
from contracts.playbook_check import playbook_complaint
from contracts.roster_check import roster_complaint
from contracts.secret_sources import resolved, secret_of
from contracts.target_check import target_complaint
from contracts.template_check import template_complaint
from contracts.triage_check import is_usable, triage_complaint
from contracts.vocabulary import Channel

__all__ = [
    "CAPACITY_UNITS_DEFAULT",
    "CAPACITY_UNITS_ELSEWHERE",
    "PURPOSES_DEFAULT",
    "REASONS_DEFAULT",
    "Agent",
    "Brand",
    "Budget",
    "Cause",
    "ChannelAccount",
    "Configuration",
    "ConfigurationError",
    "Http",
    "Oidc",
    "Purpose",
    "Reason",
    "Team",
    "configuration_digest",
    "parse_configuration",
]

TEXT_LENGTH_MAX = 4 * 1024 * 1024
WITHOUT_PATH = (Channel.LETTER, Channel.VISIT)
"""They come in by an agent's hand (`contactRecord`): no account, no webhook."""

_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`(?: - at `\$\.?(.*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.+?)`(?: - at `\$\.?(.*)`)?", re.DOTALL)
_NO_WORD = re.compile(r"Invalid enum value '(.+?)' - at `key` in `\$\.?(.*)`", re.DOTALL)
_OTHER = re.compile(r"(.+?) - at `\$\.?(.*)`", re.DOTALL)


def parse_configuration(text: str, env: Mapping[str, str], read_file: Callable[[str], str]) -> Configuration:
    """The configuration that `text` (TOML) holds, its secrets resolved. No text: everything at its default.

    `env` and `read_file` are where secrets written as `env:NAME` and `file:PATH` come from; `read_file` takes the path
    as written and raises OSError.

    Raises:
        ConfigurationError: something in it cannot be used.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise ConfigurationError("", f"the configuration is longer than {TEXT_LENGTH_MAX} characters")
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("", f"the configuration is no TOML: {error}") from error
    _check_tables(written)
    try:
        configuration = msgspec.convert(written, Configuration)
    except msgspec.ValidationError as error:
        raise _named(str(error)) from None
    _check(configuration)
    accounts = tuple(
        msgspec.structs.replace(
            account,
            secrets=resolved(account.secrets, f"channel_accounts[{index}].secrets", env, read_file),
            former_secrets=resolved(
                account.former_secrets, f"channel_accounts[{index}].former_secrets", env, read_file
            ),
        )
        for index, account in enumerate(configuration.channel_accounts)
    )
    objects, payouts, classifier = configuration.objects, configuration.payouts, configuration.classifier
    if objects.s3 is not None:
        word = secret_of(objects.s3.secret_key, "objects.s3.secret_key", env, read_file)
        objects = msgspec.structs.replace(objects, s3=msgspec.structs.replace(objects.s3, secret_key=word))
    if payouts is not None:
        payouts = msgspec.structs.replace(payouts, secret=secret_of(payouts.secret, "payouts.secret", env, read_file))
    if classifier is not None:
        secret = secret_of(classifier.secret, "classifier.secret", env, read_file)
        if not is_usable(secret):
            raise ConfigurationError("classifier.secret", "expected base64 behind whsec_")
        classifier = msgspec.structs.replace(classifier, secret=secret)
    return msgspec.structs.replace(
        configuration, channel_accounts=accounts, objects=objects, payouts=payouts, classifier=classifier
    )


def configuration_digest(configuration: Configuration) -> str:
    """Tells one configuration from another (hexadecimal SHA-256). The names of secrets count, their values do not."""
    accounts = tuple(
        msgspec.structs.replace(
            account,
            secrets=dict.fromkeys(sorted(account.secrets), ""),
            former_secrets=dict.fromkeys(sorted(account.former_secrets), ""),
        )
        for account in configuration.channel_accounts
    )
    objects, payouts = configuration.objects, configuration.payouts
    if objects.s3 is not None:
        objects = msgspec.structs.replace(objects, s3=msgspec.structs.replace(objects.s3, secret_key=""))
    payouts = payouts and msgspec.structs.replace(payouts, secret="")
    classifier = configuration.classifier and msgspec.structs.replace(configuration.classifier, secret="")
    shown = msgspec.structs.replace(
        configuration, channel_accounts=accounts, objects=objects, payouts=payouts, classifier=classifier
    )
    return hashlib.sha256(msgspec.json.encode(shown, order="sorted")).hexdigest()


def _named(message: str) -> ConfigurationError:
    """The library's complaint with the key in front, as a person would look for it."""
    for pattern, complaint in ((_UNKNOWN, "unknown key"), (_MISSING, "missing"), (_NO_WORD, "unknown key")):
        if found := pattern.fullmatch(message):
            return ConfigurationError(".".join(part for part in (found[2], found[1]) if part), complaint)
    if found := _OTHER.fullmatch(message):
        return ConfigurationError(found[2], found[1][:1].lower() + found[1][1:])
    return ConfigurationError("", message)


def _check_tables(written: Mapping[str, Any]) -> None:
    """Name the keys of free-form tables, which the library shows as `[...]`."""
    units = written.get("capacity_units", {})
    if isinstance(units, dict):
        for name, value in units.items():
            if Channel.from_path(name) is None:
                raise ConfigurationError(f"capacity_units.{name}", "unknown key: expected a channel such as email")
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ConfigurationError(f"capacity_units.{name}", "expected a whole number, 0 or more")
    accounts = written.get("channel_accounts", [])
    for index, account in enumerate(accounts if isinstance(accounts, list) else []):
        for table in ("secrets", "former_secrets"):
            secrets = account.get(table, {}) if isinstance(account, dict) else {}
            for name, value in secrets.items() if isinstance(secrets, dict) else ():
                if not isinstance(value, str) or not value:
                    key = f"channel_accounts[{index}].{table}.{name}"
                    raise ConfigurationError(key, "expected a text that is not empty")


def _check(configuration: Configuration) -> None:
    """Check what no single value shows: words of the outer world, references, duplicates."""
    if configuration.region not in phonenumbers.SUPPORTED_REGIONS:
        raise ConfigurationError("region", "expected a country code such as NL")
    complaints = (
        roster_complaint(configuration),
        objects_complaint(configuration.objects),
        gesture_complaint(configuration),
        controls_complaint(configuration),
        target_complaint(configuration),
        template_complaint(configuration),
        triage_complaint(configuration),
        guard_complaint(configuration),
        playbook_complaint(configuration),
    )
    for wrong in complaints:
        if wrong is not None:
            raise ConfigurationError(*wrong)
    _check_unique("brands", "ref", (brand.ref for brand in configuration.brands))
    _check_unique("teams", "ref", (team.ref for team in configuration.teams))
    _check_unique("agents", "ref", (agent.ref for agent in configuration.agents))
    for name, codes in (("reasons", configuration.reasons), ("causes", configuration.causes)):
        _check_unique(name, "code", (each.code for each in codes))
    _check_unique("purposes", "code", (purpose.code for purpose in configuration.purposes))
    _check_teams(configuration)
    _check_accounts(configuration)
    for index, origin in enumerate(configuration.http.allowed_origins):
        if not is_origin(origin):
            key = f"http.allowed_origins[{index}]"
            raise ConfigurationError(key, "expected an origin such as https://desk.shop.example, without a path")
    if configuration.oidc is not None and not is_secure(configuration.oidc.issuer):
        raise ConfigurationError("oidc.issuer", "expected an https:// URL")


def _check_unique(name: str, key: str, values: Iterable[str]) -> None:
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in seen:
            raise ConfigurationError(f"{name}[{index}].{key}", f"{value!r} stands in {name}[{seen[value]}] already")
        seen[value] = index


def _check_teams(configuration: Configuration) -> None:
    for index, team in enumerate(configuration.teams):
        _check_budgets(f"teams[{index}]", team.budgets)
    teams = {team.ref for team in configuration.teams}
    for index, brand in enumerate(configuration.brands):
        if brand.team is not None and brand.team not in teams:
            raise ConfigurationError(f"brands[{index}].team", f"there is no team {brand.team!r}")
    for index, agent in enumerate(configuration.agents):
        _check_agent(f"agents[{index}]", agent, teams)


def _check_agent(key: str, agent: Agent, teams: set[str]) -> None:
    if agent.team is not None and agent.team not in teams:
        raise ConfigurationError(f"{key}.team", f"there is no team {agent.team!r}")
    if agent.email is not None and not re.fullmatch(r"[^\s@]+@[^\s@]+", agent.email):
        raise ConfigurationError(f"{key}.email", "expected a mail address")
    _check_budgets(key, agent.budgets)


def _check_budgets(owner: str, budgets: tuple[Budget, ...]) -> None:
    seen = set()
    for index, budget in enumerate(budgets):
        key = f"{owner}.budgets[{index}]"
        for name in ("amount", "item_limit", "carry_over", "two_approvers_above"):
            try:
                to_minor(getattr(budget, name) or "0", budget.currency)
            except ValueError as error:
                at_fault = "currency" if "currency" in str(error) else name
                raise ConfigurationError(f"{key}.{at_fault}", str(error)) from None
        if budget.item_limit_minor > budget.amount_minor + budget.carry_over_max_minor:
            raise ConfigurationError(f"{key}.item_limit", "expected no more than there can be: amount and carry_over")
        if budget.currency in seen:
            raise ConfigurationError(f"{key}.currency", f"a second budget in {budget.currency}: which one would pay?")
        seen.add(budget.currency)


def _check_accounts(configuration: Configuration) -> None:
    brands = {brand.ref for brand in configuration.brands}
    seen, known = set(), set()
    for index, account in enumerate(configuration.channel_accounts):
        key = f"channel_accounts[{index}]"
        channel = Channel.from_path(account.channel_path)
        if channel is None or channel in WITHOUT_PATH:
            kinds = ", ".join(each.path for each in Channel if each not in WITHOUT_PATH)
            raise ConfigurationError(f"{key}.channel", f"expected one of {kinds}")
        if account.brand is not None and account.brand not in brands:
            raise ConfigurationError(f"{key}.brand", f"there is no brand {account.brand!r}")
        if (channel, account.account) in seen:
            raise ConfigurationError(f"{key}.account", f"a second account of that name on {channel.path}")
        seen.add((channel, account.account))
        if account.platform_id is not None and (channel, account.platform_id) in known:
            raise ConfigurationError(f"{key}.platform_id", f"a second account of that id on {channel.path}")
        known.add((channel, account.platform_id))
        if (wrong := address_complaint(channel, account)) is not None:
            raise ConfigurationError(f"{key}.{wrong[0]}", wrong[1])
        _check_secret_names(key, channel, account)


def _check_secret_names(key: str, channel: Channel, account: ChannelAccount) -> None:
    for name in account.former_secrets.keys() - account.secrets.keys():
        raise ConfigurationError(f"{key}.former_secrets.{name}", "there is none of that name in secrets")
    if channel not in SECRETS:
        return
    needed, possible = SECRETS[channel]
    for name in needed:
        if name not in account.secrets:
            raise ConfigurationError(f"{key}.secrets.{name}", f"missing: {channel.path} cannot be received without it")
    either = EITHER.get(channel, ())
    if either and not any(all(name in account.secrets for name in names) for names in either):
        ways = ", or ".join(" and ".join(names) for names in either)
        raise ConfigurationError(f"{key}.secrets", f"missing: {channel.path} needs {ways}")
    for name in account.secrets:
        if name not in needed + possible:
            raise ConfigurationError(f"{key}.secrets.{name}", f"unknown key for {channel.path}")
