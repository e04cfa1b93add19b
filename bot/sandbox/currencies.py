"""The currencies that invoices may be in: exponent, and roughly how many units a US dollar buys.

Telegram takes invoices of about 1 to 10,000 US dollars at the day's rate; here the rates stand still.
"""

from __future__ import annotations

_UNITS_PER_DOLLAR: dict[str, tuple[int, float]] = {
    "AED": (2, 3.67),
    "AMD": (2, 388.0),
    "ARS": (2, 1000.0),
    "AUD": (2, 1.5),
    "AZN": (2, 1.7),
    "BGN": (2, 1.7),
    "BRL": (2, 5.5),
    "CAD": (2, 1.37),
    "CHF": (2, 0.86),
    "CLP": (0, 930.0),
    "CNY": (2, 7.1),
    "COP": (2, 4100.0),
    "CZK": (2, 22.5),
    "DKK": (2, 6.7),
    "EGP": (2, 48.0),
    "EUR": (2, 0.82),
    "GBP": (2, 0.76),
    "GEL": (2, 2.7),
    "HKD": (2, 7.8),
    "HUF": (2, 355.0),
    "IDR": (2, 15_500.0),
    "ILS": (2, 3.7),
    "INR": (2, 84.0),
    "ISK": (0, 137.0),
    "JPY": (0, 145.0),
    "KES": (2, 129.0),
    "KRW": (0, 1330.0),
    "KZT": (2, 480.0),
    "MDL": (2, 17.5),
    "MXN": (2, 19.5),
    "MYR": (2, 4.3),
    "NOK": (2, 10.6),
    "NZD": (2, 1.6),
    "PEN": (2, 3.8),
    "PHP": (2, 56.0),
    "PLN": (2, 3.9),
    "RON": (2, 4.5),
    "RSD": (2, 106.0),
    "RUB": (2, 74.87),
    "SAR": (2, 3.75),
    "SEK": (2, 10.3),
    "SGD": (2, 1.3),
    "THB": (2, 33.5),
    "TRY": (2, 34.0),
    "TWD": (2, 32.0),
    "UAH": (2, 27.76),
    "USD": (2, 1.0),
    "UYU": (2, 41.0),
    "UZS": (2, 12_700.0),
    "VND": (0, 24_600.0),
    "ZAR": (2, 17.8),
}
_LARGEST_MINOR = 999_999_999_999


def is_known(currency: str) -> bool:
    """Whether invoices may be in this currency."""
    return currency in _UNITS_PER_DOLLAR


def is_payable(amount_minor: int, currency: str) -> bool:
    """Whether an invoice over this amount would be taken."""
    exponent, rate = _UNITS_PER_DOLLAR[currency]
    least: int = round(rate * 10**exponent)
    return least <= amount_minor <= min(least * 10_000, _LARGEST_MINOR)


def shown(amount_minor: int, currency: str) -> str:
    """Return an amount as the pay button shows it.

    >>> shown(1250, "EUR"), shown(1250, "JPY")
    ('EUR 12.50', 'JPY 1,250')
    """
    exponent, _ = _UNITS_PER_DOLLAR[currency]
    return f"{currency} {amount_minor / 10**exponent:,.{exponent}f}"
