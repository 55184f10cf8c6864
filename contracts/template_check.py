"""What is wrong with the templates of a configuration, beyond the form of single values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.installation import Configuration

_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def template_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and the complaint; None: nothing is wrong."""
    return next(_complaints(configuration), None)


def _complaints(configuration: Configuration) -> Iterator[tuple[str, str]]:
    brands = {brand.ref for brand in configuration.brands}
    accounts = {account.account for account in configuration.channel_accounts}
    seen: set[tuple[str, str, str | None, str | None]] = set()
    for index, template in enumerate(configuration.templates):
        key, places = f"templates[{index}]", _PLACE.findall(template.body)
        if {*places} != {str(number) for number in range(1, len({*places}) + 1)}:
            yield f"{key}.body", "expected places {{1}}, {{2}} and so on, none left out"
        if template.brand is not None and template.brand not in brands:
            yield f"{key}.brand", f"no brand {template.brand}"
        if template.account is not None and template.account not in accounts:
            yield f"{key}.account", f"no account {template.account}"
        name = (template.name, template.language.lower(), template.brand, template.account)
        if name in seen:
            yield f"{key}.name", "there is one already of that name, language, brand and account"
        seen.add(name)
