"""Amounts: decimal text at the edge, whole minor units inside. ISO 4217 says how many decimals a currency has."""

from __future__ import annotations

import re

AMOUNT_MINOR_MAX = 10**15
"""The largest amount anybody may write, in minor units: far above any budget, far below what a bigint holds."""

_AMOUNT = re.compile(r"(\d{1,40})(?:\.(\d{1,40}))?", re.ASCII)
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
DECIMALS: dict[str, int] = {
    **dict.fromkeys(_TWO_DECIMALS.split(), 2),
    **dict.fromkeys(_NO_DECIMALS.split(), 0),
    **dict.fromkeys(_THREE_DECIMALS.split(), 3),
}
"""The currencies in circulation and how many decimals each has."""


def to_minor(amount: str, currency: str) -> int:
    """`"12.50", "EUR"` → 1250. Zero is an amount too.

    Raises:
        ValueError: no known currency, no plain non-negative decimal number, too many decimals, or too large.
    """
    decimals = DECIMALS.get(currency)
    if decimals is None:
        raise ValueError("expected an ISO 4217 currency such as EUR")
    found = _AMOUNT.fullmatch(amount)
    if found is None:
        raise ValueError('expected a non-negative decimal amount such as "12.50"')
    whole, fraction = found[1], found[2] or ""
    if len(fraction) > decimals:
        raise ValueError(f"expected at most {decimals} decimals for {currency}")
    minor = int(whole + fraction.ljust(decimals, "0"))
    if minor > AMOUNT_MINOR_MAX:
        raise ValueError("expected a smaller amount")
    return minor


def from_minor(minor: int, currency: str) -> str:
    """`1250, "EUR"` → `"12.50"`; always with all the decimals the currency has.

    Raises:
        KeyError: no known currency.
    """
    decimals = DECIMALS[currency]
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"
