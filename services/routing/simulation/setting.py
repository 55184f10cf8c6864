"""What a week is made of: every number it depends on, so that whoever doubts a figure can change one."""

from __future__ import annotations

from datetime import date

import msgspec

MINUTE_S = 60.0
HOUR_S = 3600.0
WEEK_START = date(2026, 3, 2)
"""A Monday, in a week without public holidays and without a change of the clock."""
ZONE = "Europe/Amsterdam"
WEEKDAY_SHARES = (1.12, 1.00, 0.95, 0.95, 0.98, 0.60, 0.40)
FIRST_HOUR = 7
HOUR_SHARES = (0.03, 0.06, 0.10, 0.105, 0.10, 0.096, 0.092, 0.089, 0.086, 0.076, 0.057, 0.044, 0.035, 0.029)
"""From 7 to 21. Weekdays and hours are those of 164 days of calls of a bank (27,716 five-minute counts in `bank_calls`
of the data sets of Hyndman's `fpp3`); weekends are assumed."""
SLOT_S = 30 * MINUTE_S
SHIFTS_H = ((7, 14), (14, 21))
SHOCK_HOURS = 6


class Setting(msgspec.Struct, frozen=True):
    """One kind of week; as it stands that of a parcel carrier's service desk, 283,041 contacts a year.

    `dispersion`: variance per mean of the contacts of the same half hour (negative binomial). `day_sd`: how much whole
    days vary. `returning`: share of contacts by customers somebody answered before, `follow_up` of them about a matter
    of the last 1 to 3 days. `public`: share of contacts others can read. `shock`: how many times the usual flow comes
    in six hours of the week, all of one cause (1: none). `shifts_of`: shifts a week of each agent.

    Of a week that was, only these matter: `contacts_per_hour`, `capacity` (None: everybody's own), `target_min` (of
    what has none of its own; of everything, where `one_target`), `hold_margin_min`, `patience_min`.
    """

    contacts: float = 5443.0
    shifts_of: tuple[int, ...] = (6, 6, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2)
    on_duty: tuple[int, ...] = (4, 4, 4, 4, 4, 3, 3)
    contacts_per_hour: float = 24.0
    capacity: int | None = 20
    target_min: float = 180.0
    one_target: bool = False
    hold_margin_min: float = 15.0
    patience_min: float = 120.0
    returning: float = 0.5
    follow_up: float = 0.35
    public: float = 0.4
    dispersion: float = 2.0
    day_sd: float = 0.09
    shock: float = 1.0

    @property
    def handling_s(self) -> float:
        """How long a contact takes."""
        return HOUR_S / self.contacts_per_hour
