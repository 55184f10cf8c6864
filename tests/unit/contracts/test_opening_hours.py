"""When channels are open, as the configuration file says it: what cannot be names its key."""

from __future__ import annotations

import pytest

from contracts.configuration import ConfigurationError, parse_configuration
from contracts.opening_hours import opening_zone
from contracts.vocabulary import Channel

NINE_TO_FIVE = '[[opening_hours]]\nchannel = "email"\ndays = ["mon"]\nfrom = "09:00"\nuntil = "17:00"\n'
NEW_YORK = 'timezone = "America/New_York"\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (NINE_TO_FIVE.replace("email", "pigeon"), "opening_hours[0].channel"),
        (NINE_TO_FIVE.replace("17:00", "09:00"), "opening_hours[0].until"),
        (NINE_TO_FIVE.replace("17:00", "5 pm"), "opening_hours[0].until"),
        (NINE_TO_FIVE.replace('"mon"', '"day"'), "opening_hours[0].days[0]"),
        (NINE_TO_FIVE + 'timezone = "Mars"', "opening_hours[0].timezone"),
        (NINE_TO_FIVE + NEW_YORK + NINE_TO_FIVE, "opening_hours[1].timezone"),
    ],
)
def test_hours_that_cannot_be_name_their_key(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_configuration(text, {}, lambda path: path)
    assert refused.value.key == key


def test_a_channel_goes_by_its_own_clocks_where_it_has_any() -> None:
    configuration = parse_configuration(NINE_TO_FIVE + NEW_YORK, {}, lambda path: path)
    zones = [opening_zone(configuration, channel) for channel in (Channel.EMAIL, Channel.VOICE)]
    assert zones == ["America/New_York", "Europe/Amsterdam"]
