"""A shipment's label: drawn here, or its carrier's own."""

import base64
import io
from typing import Any

import pytest
from pypdf import PdfReader

from shared.identity.permissions import Role
from shared.platform.brands import Brand
from tests.deeds import log
from tests.functions.orders.conftest import Desk
from tests.gateway import Answer
from tests.people import Person
from tests.shipping import Carrier, change, label, shipped


def _text(answer: Answer) -> str:
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf"), answer.body
    [page] = PdfReader(io.BytesIO(base64.b64decode(answer.body))).pages
    return str(page.extract_text())


def test_without_a_carriers_api_it_is_drawn_here(desk: Desk) -> None:
    bought = desk.paid(2)
    [only] = shipped(bought, carrier="Colissimo", tracking_number="6A12345678901")
    answer = label(bought, only["id"])
    text = _text(answer)
    for words in ("Ada Byron", "1 rue de Rivoli", "75001 Paris", "FRANCE", "6A12345678901", "0,600 kg"):
        assert words in text
    assert answer.headers["cache-control"] == "no-store"
    number = bought.now.number
    assert answer.headers["content-disposition"] == f'inline; filename="label-{number}-1.pdf"'
    assert log(desk.brand, action="orders.get_shipment_label")


def test_before_there_is_a_number_the_barcode_names_the_parcel(desk: Desk) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought)
    assert f"{bought.now.number}-1" in _text(label(bought, only["id"]))


def test_a_carrier_with_an_api_draws_its_own(desk: Desk, carrier: Carrier) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought, carrier="sendcloud")
    early = label(bought, only["id"])
    assert (early.status, early.code, early.headers["retry-after"]) == (409, "label_not_ready", "5")
    carrier.announce()
    parcel = carrier.provider.parcel_of(only["id"])
    assert parcel is not None
    assert parcel.tracking_number in _text(label(bought, only["id"]))
    carrier.provider.fails = [503]
    silent = label(bought, only["id"])
    assert (silent.status, silent.code) == (503, "carrier_unavailable")
    carrier.provider.fails = [404]
    assert label(bought, only["id"]).code == "label_not_ready"


def test_whose_address_was_erased_gets_no_label(desk: Desk) -> None:
    from shared.platform.personal_data import BLANK
    from shared.platform.work import begin

    bought = desk.paid(1)
    [only] = shipped(bought)
    with begin(desk.brand, "test") as work:
        work.run(
            """UPDATE orders.orders SET shipping_address = jsonb_set(shipping_address, '{line1}', to_jsonb(%(blank)s::text))
                WHERE id = %(id)s""",
            id=bought.id,
            blank=BLANK,
        )
    assert label(bought, only["id"]).code == "label_needs_address"


def test_what_was_called_off_has_none_any_more(desk: Desk) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought)
    change(bought, only["id"], status="cancelled")
    assert label(bought, only["id"]).code == "shipment_called_off"


@pytest.mark.parametrize("unknown", ["00000000-0000-0000-0000-000000000000", "x"])
def test_what_is_not_there_has_none(desk: Desk, unknown: str) -> None:
    assert label(desk.paid(1), unknown).status in (404, 422)


def test_only_managers_of_this_brand_may(desk: Desk, another_brand: Brand) -> None:
    bought = desk.paid(1)
    [only] = shipped(bought)
    found: Any = [
        label(bought, only["id"], by=who).status
        for who in (
            Person.staff(desk.brand, Role.SUPPORT),
            Person.staff(another_brand, Role.ADMIN),
            desk.manager,
        )
    ]
    assert found == [403, 404, 200]
