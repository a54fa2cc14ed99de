"""Templates become subject, HTML and text, whatever valid variables they are given."""

import re
from datetime import UTC
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from local.files import CHECKOUT
from shared.kernel.money import Money
from shared.notifications.rendering import LANGUAGES, render, spoken_locale
from shared.notifications.templates import all_models, model_of
from shared.notifications.templates.order_confirmation.variables import OrderConfirmationV1
from shared.notifications.variables import MailBrand, MailLine, MailTaxLine, MailVariables, PostalAddress
from tests.unit.notifications_account_samples import ACCOUNT_VARIABLES
from tests.unit.notifications_cart_samples import CART_VARIABLES
from tests.unit.notifications_order_samples import ORDER_VARIABLES
from tests.unit.notifications_privacy_samples import PRIVACY_VARIABLES
from tests.unit.notifications_samples import BRAND, ORDER, SAMPLES, euros
from tests.unit.notifications_stock_samples import STOCK_SAMPLES, STOCK_VARIABLES

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40)
_MONEY = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["EUR", "CHF", "JPY", "TND"]))
_ADDRESSES = st.builds(
    PostalAddress,
    first_name=_TEXT,
    last_name=_TEXT,
    company=st.none() | _TEXT,
    line1=_TEXT,
    line2=st.none() | _TEXT,
    postcode=_TEXT,
    city=_TEXT,
    country=st.sampled_from(["FR", "BE", "LU", "CH", "ZZ"]),
)
_ORDERS = st.builds(
    OrderConfirmationV1,
    order_number=_TEXT,
    placed_at=st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 2200),
    lines=st.lists(
        st.builds(
            MailLine,
            title=_TEXT,
            detail=st.none() | _TEXT,
            quantity=st.integers(1, 999),
            unit_price=_MONEY,
            line_total=_MONEY,
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    subtotal=_MONEY,
    discount=_MONEY,
    shipping=_MONEY,
    shipping_option=_TEXT,
    tax_included=st.booleans(),
    tax_lines=st.lists(
        st.builds(MailTaxLine, rate_basis_points=st.integers(0, 10_000), amount=_MONEY), max_size=3
    ).map(tuple),
    total=_MONEY,
    shipping_address=_ADDRESSES,
    billing_address=st.none() | _ADDRESSES,
)
_BRANDS = st.builds(
    MailBrand,
    name=_TEXT,
    store_url=st.sampled_from([None, "https://shop.example/x?a=1&b=2"]),
    timezone=st.sampled_from(["Europe/Paris", "Pacific/Auckland"]),
    locale=st.sampled_from(["fr", "en", "de"]),
    contact=st.none() | st.just("hello@shop.example"),
    postal_line=st.none() | _TEXT,
)
_VARIABLES: dict[type[MailVariables], st.SearchStrategy[Any]] = {
    OrderConfirmationV1: _ORDERS,
    **ACCOUNT_VARIABLES,
    **ORDER_VARIABLES,
    **PRIVACY_VARIABLES,
    **STOCK_VARIABLES,
    **CART_VARIABLES,
}
_VOID = {"meta", "br", "img", "hr", "link", "input"}


class _Tags(HTMLParser):
    """Fails when a tag is closed that is not open; collects the visible text and the links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.seen.append(data)


def _parsed(html: str) -> _Tags:
    tags = _Tags()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    return tags


def test_every_template_has_generated_variables_and_a_sample() -> None:
    assert set(all_models()) == set(_VARIABLES) == {type(sample) for sample in SAMPLES}


@pytest.mark.parametrize("model", all_models(), ids=lambda model: f"{model.template}-v{model.version}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_valid_variables_render_in_every_language(model: type[MailVariables], language: str) -> None:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(_VARIABLES[model], _BRANDS)
    def renders(variables: MailVariables, brand: MailBrand) -> None:
        mail = render(language, variables, brand)
        assert mail.subject
        assert "\n" not in mail.subject
        assert "\r" not in mail.subject
        _parsed(mail.html)
        named = f"{variables.model_dump()} {brand.name} {brand.postal_line or ''}"
        assert "None" not in mail.text or "None" in named

    renders()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_a_buyer_or_a_shop_writes_becomes_markup(language: str) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    order = ORDER.model_copy(
        update={
            "order_number": hostile,
            "shipping_option": hostile,
            "lines": (ORDER.lines[0].model_copy(update={"title": hostile, "detail": hostile}),),
            "shipping_address": ORDER.shipping_address.model_copy(
                update={"first_name": hostile, "line1": hostile, "city": hostile}
            ),
        }
    )
    mail = render(language, order, BRAND.model_copy(update={"name": hostile, "postal_line": hostile}))
    assert "<script" not in mail.html
    assert "<img" not in mail.html
    assert hostile in "".join(_parsed(mail.html).seen)


def test_french_mail_says_what_was_bought_as_french_write_it() -> None:
    mail = render("fr", ORDER, BRAND)
    text = mail.text.replace("\u202f", " ").replace("\xa0", " ")
    assert mail.subject == "Votre commande 1042 est confirmée"
    assert "Passée le : 21 novembre 2026" in text
    assert "Miel de lavande (500 g)\n  2 × 14,50 € = 29,00 €" in text
    assert "Remise : -5,00 €" in text
    assert "Livraison (Colissimo) : 4,90 €" in text
    assert "Total payé : 47,80 €\ndont TVA 5,5 % : 1,36 €\ndont TVA 20 % : 3,61 €" in text
    assert "Ada Lovelace\n12 rue des Martyrs\nBâtiment B\n75009 Paris\nFrance\n" in text
    assert "Engines SARL" in text
    assert "Luxembourg" in text
    assert "\n\n\n" not in text


def test_english_mail_says_the_same_in_english() -> None:
    mail = render("en", ORDER, BRAND)
    assert mail.subject == "Your order 1042 is confirmed"
    assert "Placed on: 21 November 2026" in mail.text
    assert "Total paid: €47.80\nincluding VAT 5.5%: €1.36\nincluding VAT 20%: €3.61" in mail.text
    assert '<html lang="en"' in mail.html


def test_html_and_text_name_the_same_amounts() -> None:
    mail = render("en", ORDER, BRAND)
    assert set(re.findall(r"€[\d.,]+\d", mail.html)) == set(re.findall(r"€[\d.,]+\d", mail.text))


def test_vat_on_top_stands_above_the_total_and_vat_within_below_it() -> None:
    added = render("en", ORDER.model_copy(update={"tax_included": False}), BRAND).text
    assert added.index("VAT 20%") < added.index("Total paid")
    assert "including VAT" not in added


def test_free_delivery_and_no_discount_and_one_address_are_said_simply() -> None:
    order = ORDER.model_copy(update={"shipping": euros(0), "discount": euros(0), "billing_address": None})
    mail = render("en", order, BRAND)
    assert "Delivery (Colissimo): free" in mail.text
    assert "Discount" not in mail.text
    assert "Same as the delivery address" in mail.html
    assert "Billing address" not in mail.text


def test_links_lead_to_the_shop_and_to_nowhere_when_it_has_no_address() -> None:
    assert set(_parsed(render("fr", ORDER, BRAND).html).links) == {
        "https://cimes.example",
        "mailto:bonjour@cimes.example",
        ORDER.invoice_link,
    }
    bare = BRAND.model_copy(update={"store_url": None, "contact": None})
    order = ORDER.model_copy(update={"invoice_link": None})
    assert _parsed(render("fr", order, bare).html).links == []


def test_amounts_follow_the_currency_s_own_minor_units() -> None:
    order = ORDER.model_copy(update={"total": Money(1999, "JPY"), "subtotal": Money(12345, "TND")})
    text = render("en", order, BRAND).text
    assert re.search(r"Total paid: \D+1,999\n", text)
    assert re.search(r"Subtotal: \D+12\.345\n", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_that_nobody_needs_says_how_to_end_it(language: str) -> None:
    (sample,) = STOCK_SAMPLES
    mail = render(language, sample, BRAND)
    assert sample.unsubscribe in _parsed(mail.html).links  # type: ignore[attr-defined]
    assert sample.unsubscribe in mail.text  # type: ignore[attr-defined]
    assert "Miel de lavande · 500 g" in mail.text


@pytest.mark.parametrize(
    ("wanted", "brand", "spoken"),
    [
        ("fr", "en", "fr_FR"),
        ("en", "fr", "en_IE"),
        ("fr-CH", "en", "fr_CH"),
        ("en_GB", "fr", "en_GB"),
        ("de", "en", "en_IE"),
        ("", "fr-BE", "fr_BE"),
        ("nonsense\r\n", "xx", "fr_FR"),
        ("en-zzzzzzzzz-99", "fr", "en_IE"),
    ],
)
def test_a_mail_speaks_the_customer_s_language_else_the_brand_s(wanted: str, brand: str, spoken: str) -> None:
    assert str(spoken_locale(wanted, brand)) == spoken


def test_a_missing_a_mistyped_and_an_unknown_variable_are_refused() -> None:
    given_ = ORDER.model_dump(mode="json")
    with pytest.raises(ValidationError):
        OrderConfirmationV1.model_validate({name: v for name, v in given_.items() if name != "total"})
    with pytest.raises(ValidationError):
        OrderConfirmationV1.model_validate(given_ | {"order_numbr": "1"})
    with pytest.raises(ValidationError):
        OrderConfirmationV1.model_validate(given_ | {"placed_at": "2026-11-20T10:00:00"})


def test_variables_survive_their_stay_in_the_outbox() -> None:
    assert OrderConfirmationV1.model_validate_json(ORDER.model_dump_json()) == ORDER


def test_a_row_s_template_and_version_name_the_model() -> None:
    assert model_of("order_confirmation", 1) is OrderConfirmationV1
    for template, version in (
        ("order_confirmation", 2),
        ("nothing", 1),
        ("layout", 1),
        ("../variables", 1),
        ("", 1),
    ):
        with pytest.raises(KeyError):
            model_of(template, version)


def test_french_punctuation_is_not_left_alone_on_a_line() -> None:
    for file in (CHECKOUT / "shared" / "notifications" / "templates").rglob("*.fr.*"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not re.search(r" [?!:;»](?=[\s'<]|$)|« ", line), (file.parent.name, line)
