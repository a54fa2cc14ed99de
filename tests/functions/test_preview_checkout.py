"""What a checkout would cost."""

from shared.platform.brands import Brand
from tests.buyers import BRUSSELS, PARIS, Buyer, archive, for_sale
from tests.stock import counters
from tests.till import Clock, Till


def test_the_preview_is_what_is_charged_and_has_no_effect(brand: Brand, till: Till) -> None:
    mug, book = for_sale(brand, price=1999), for_sale(brand, price=1350, title="Book", tax_category="reduced")
    buyer = Buyer.of(brand)
    buyer.add(mug, 3)
    before = buyer.add(book, 1).body
    previews = [buyer.preview(shipping_address=address).body for address in (PARIS, BRUSSELS)]
    assert buyer.look().body == before
    assert counters(brand, mug) == (10, 3)
    for preview, address in zip(previews, (PARIS, BRUSSELS), strict=True):
        order = buyer.check_out(shipping_address=address).body["order"]
        assert (order["totals"], order["tax_lines"]) == (preview["totals"], preview["tax_lines"])
        assert preview["problems"] == []
    assert len(till.intents) == 2


def test_what_would_refuse_the_checkout_is_said_before(brand: Brand, at: Clock) -> None:
    mug, plate = for_sale(brand, 2), for_sale(brand, 2, title="Plate")
    buyer = Buyer.of(brand)
    buyer.add(mug, 2)
    at.move(seconds=1)
    buyer.add(plate, 2)
    archive(brand, plate)
    at.move(minutes=31)
    Buyer.of(brand).add(mug, 1)
    preview = buyer.preview(gateway="paypal", promotion_codes=["SUMMER"])
    assert preview.status == 200
    assert [(problem["code"], problem["blocking"]) for problem in preview.body["problems"]] == [
        ("out_of_stock", True),
        ("not_for_sale", True),
        ("promotion_unknown", True),
        ("gateway_unavailable", True),
    ]


def test_a_country_or_an_option_that_is_not_served_is_refused(brand: Brand) -> None:
    buyer = Buyer.of(brand)
    buyer.add(for_sale(brand))
    assert buyer.preview(shipping_address=PARIS | {"country": "DE"}).code == "country_not_served"
    answer = buyer.preview(shipping_address=PARIS | {"country": "CH"}, shipping_option_id="pickup")
    assert (answer.status, answer.code) == (422, "shipping_unavailable")
