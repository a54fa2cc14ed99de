"""erasure.started, as notifications hear it."""

import pytest

from functions.notifications.on_erasure_of_mails import handler
from shared.notifications import mails
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.erasing import erase_in
from tests.gateway import Bus
from tests.people import Person, rows
from tests.unit.notifications_samples import ORDER

pytestmark = pytest.mark.usefixtures("issuer")


def test_mails_to_the_address_are_emptied_and_never_sent(brand: Brand, bus: Bus) -> None:
    ada = Person.member(brand, "ada@example.com")
    with begin(brand, "test") as work:
        for number, to in enumerate(("Ada@example.com", "bob@example.com")):
            mails.queue(work, ORDER, to=to, locale="fr", key=f"order:{number}")
    told = erase_in(ada, handler, bus)
    # The confirmation of her wish was to her, too.
    assert (told["holder"], told["rows"], told["kept"]) == ("notifications", 2, [])
    left = rows(
        brand,
        "SELECT recipient, status, variables FROM notifications.mails WHERE template = 'order_confirmation'",
    )
    assert {(row.recipient, row.status) for row in left} == {
        ("erased@erased.invalid", "failed"),
        ("bob@example.com", "queued"),
    }
    assert [row.variables for row in left if row.status == "failed"] == [{}]
