"""What the functions have queued to be mailed, as its receivers will read it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.identity.on_link_requested import handler as on_link_requested
from shared.notifications.sealing import read_variables
from shared.notifications.templates import model_of
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.gateway import Bus, batch

_MAILS = """
    SELECT id, template, template_version, locale, recipient, variables::text AS variables FROM notifications.mails
     ORDER BY queued_at, id
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `stored` is what its row keeps of its variables."""

    template: str
    to: str
    locale: str
    variables: dict[str, Any]
    stored: str

    @property
    def token(self) -> str:
        """The token in its link."""
        return str(parse_qs(urlsplit(self.variables["link"]).query)["token"][0])


def mails(brand: Brand, template: str | None = None) -> list[Mail]:
    """The brand's mails, the oldest first."""
    with begin(brand, "test") as work:
        rows = work.all(_MAILS)
    found = [
        Mail(
            row.template,
            row.recipient,
            row.locale,
            json.loads(
                read_variables(
                    row.id, model_of(row.template, row.template_version), row.variables
                ).model_dump_json()
            ),
            row.variables,
        )
        for row in rows
    ]
    return [mail for mail in found if template in (None, mail.template)]


type Post = Callable[[Brand], list[Mail]]


@pytest.fixture
def post(bus: Bus) -> Post:
    """Answers the links that were asked for; then the brand's mails, the oldest first."""

    def answered(brand: Brand) -> list[Mail]:
        wanted = [detail for detail in bus.relay() if detail["type"] == "link.requested"]
        if wanted:
            answer = on_link_requested(batch(wanted), None)
            assert answer == {"batchItemFailures": []}
        return mails(brand)

    return answered
