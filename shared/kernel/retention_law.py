"""Which law makes a shop keep what, and how long. Pure data and arithmetic; each number names its source."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Law:
    """A duty to keep records: its name as one cites it, and the years."""

    name: str
    years: int


# Accounting documents and the data behind them, by the country of the shop.
ACCOUNTING: dict[str, Law] = {
    "FR": Law("Code de commerce, art. L123-22", 10),
    "BE": Law("Code de la TVA, art. 60", 10),
    "LU": Law("Code de commerce, art. 16", 10),
    "CH": Law("CO, art. 958f", 10),
    "DE": Law("AO § 147, HGB § 257", 8),
}
# Evidence of where a buyer in the Union lives, whatever the country of the shop.
_ELSEWHERE = Law("Règlement (UE) 282/2011, art. 63 quater", 10)
# What an identity check has shown, once the business relationship is over.
IDENTITY_CHECKS = Law("Directive (UE) 2015/849, art. 40", 5)
CONTRACT = "RGPD, art. 6(1)(b)"
ACCOUNTABILITY = "RGPD, art. 5(2)"
STORAGE_LIMITATION = "RGPD, art. 5(1)(e)"


def accounting(country: str) -> Law:
    """The duty of a shop in this country."""
    return ACCOUNTING.get(country, _ELSEWHERE)


def kept_until(law: Law, since: datetime) -> datetime:
    """When the duty ends: the years count from the end of the calendar year, which is the latest reading of every one of them."""
    return datetime(since.astimezone(UTC).year + 1 + law.years, 1, 1, tzinfo=UTC)
