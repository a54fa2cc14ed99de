"""erasure.started, as inventory hears it; and what an export says."""

from uuid import UUID

import pytest

from functions.inventory.on_erasure_of_restock_requests import handler
from shared.inventory import privacy, restock_requests
from shared.platform.brands import Brand
from shared.platform.personal_data import Person as Somebody
from shared.platform.work import begin
from tests.erasing import erase_in
from tests.gateway import Bus
from tests.people import Person, rows
from tests.warehouse import goods

pytestmark = pytest.mark.usefixtures("issuer")


def ask(brand: Brand, variant: UUID, email: str) -> None:
    with begin(brand, "test") as work:
        restock_requests.ask(work, variant, email, "fr")


def test_who_is_forgotten_waits_for_nothing_and_the_others_wait_on(brand: Brand, bus: Bus) -> None:
    mug, lamp = goods(brand, 0), goods(brand, 0)
    ada = Person.member(brand, "ada@example.com")
    ask(brand, mug, "Ada@example.com")
    ask(brand, lamp, "ada@example.com")
    ask(brand, mug, "bob@example.com")
    told = erase_in(ada, handler, bus, times=2)
    assert (told["holder"], told["rows"], told["kept"]) == ("inventory", 2, [])
    assert [row.email for row in rows(brand, "SELECT email FROM inventory.restock_requests")] == [
        "bob@example.com"
    ]


def test_an_export_has_what_was_asked_for(brand: Brand) -> None:
    mug = goods(brand, 0)
    ask(brand, mug, "Ada@example.com")
    ask(brand, mug, "bob@example.com")
    with begin(brand, "test") as work:
        held = privacy.export(work, Somebody(emails=("ada@example.com",))).lists["restock_requests"]
    assert [(row["variant_id"], row["email"], row["state"]) for row in held] == [
        (mug, "Ada@example.com", "waiting")
    ]
