"""The one pure function that says what a purchase costs: the same figures in cart, preview, checkout and invoice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.kernel.money import CurrencyMismatch, Money
from shared.pricing.allotment import allot
from shared.pricing.discounts import AmountOff, Promotion, discounts
from shared.pricing.quote import PricedLine, Quote, TaxLine
from shared.pricing.shipping import ShippingOption
from shared.pricing.vat import Charge, Destination, TaxRules, Treatment, charge, rate_of, treat

_UNTAXED = frozenset({Treatment.REVERSE_CHARGE, Treatment.EXPORT})


@dataclass(frozen=True, slots=True)
class Line:
    """What is bought: a `key` unique in the purchase, the `unit_price` as the brand entered it, a tax category (one of
    `rates.CATEGORIES`), and the weight of one unit; `shipped` is False for what is not sent."""

    key: str
    unit_price: Money
    quantity: int
    tax_category: str = "standard"
    weight_g: int = 0
    shipped: bool = True

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit_price.amount < 0 or self.weight_g < 0:
            raise ValueError("a line has a quantity of at least 1, a price and a weight of at least 0")


def weight_of(lines: Iterable[Line]) -> int:
    """The weight, in grams, of the parcel that carries these lines."""
    return sum(line.weight_g * line.quantity for line in lines if line.shipped)


def price(
    lines: Sequence[Line],
    *,
    promotions: Sequence[Promotion] = (),
    to: Destination | None,
    shipping: ShippingOption | None,
    rules: TaxRules,
    on: date,
    currency: str,
) -> Quote:
    """Price a purchase on a day. No address yet (`to` None) means the brand's own country.

    Rounded half-up per line; see `Quote` for what sums to what. Raises CurrencyMismatch when a part is in another
    currency, ShippingUnavailable when the parcel is too heavy for the option, ValueError for two lines of one key.
    """
    _one_currency(lines, promotions, shipping, currency)
    to = to or Destination(rules.home_country)
    treatment = treat(rules, to, on)
    taxed = treatment not in _UNTAXED
    entered = {line.key: line.unit_price.amount * line.quantity for line in lines}
    if len(entered) < len(lines):
        raise ValueError("two lines have one key")
    off = discounts(entered, promotions)

    rate_by_key = {line.key: rate_of(rules, to, treatment, line.tax_category, on) for line in lines}

    def charged(amount: int, basis_points: int) -> Charge:
        return charge(amount, basis_points, includes_tax=rules.prices_include_tax, taxed=taxed)

    def as_entered(charge: Charge) -> int:
        return charge.gross if rules.prices_include_tax else charge.net

    def money(amount: int) -> Money:
        return Money(amount, currency)

    priced: list[PricedLine] = []
    goods: dict[int, int] = defaultdict(int)
    for line in lines:
        rate = rate_by_key[line.key]
        full = as_entered(charged(entered[line.key], rate))
        paid = charged(entered[line.key] - off.lines[line.key], rate)
        goods[rate] += as_entered(paid)
        priced.append(
            PricedLine(
                key=line.key,
                quantity=line.quantity,
                unit_price=line.unit_price,
                subtotal=money(full),
                discount=money(full - as_entered(paid)),
                net=money(paid.net),
                tax=money(paid.tax),
                gross=money(paid.gross),
                basis_points=paid.basis_points,
            )
        )

    sent: list[Charge] = []
    if shipping and any(line.shipped for line in lines):
        cost = shipping.cost(weight_of(lines), sum(goods.values())).amount
        if treatment is Treatment.EXPORT:
            # The tariff of a zone outside VAT was entered without any.
            sent = [Charge(cost, 0, 0)]
        else:
            standard = rate_of(rules, to, treatment, "standard", on)
            sent = [charged(share, rate) for rate, share in _by_rate(cost, goods, standard)]

    subtotal = sum(line.subtotal.amount for line in priced)
    discount = sum(line.discount.amount for line in priced)
    shipped = sum(map(as_entered, sent))
    bases = [Charge(line.net.amount, line.tax.amount, line.basis_points) for line in priced]
    tax_lines = _tax_lines(bases + sent, currency)
    return Quote(
        lines=tuple(priced),
        subtotal=money(subtotal),
        discount=money(discount),
        shipping=money(shipped),
        tax=money(sum(line.tax.amount for line in tax_lines)),
        total=money(sum(line.net.amount + line.tax.amount for line in tax_lines)),
        tax_lines=tax_lines,
        shipping_lines=_tax_lines(sent, currency),
        promotions={code: money(given) for code, given in off.promotions.items()},
        tax_included=rules.prices_include_tax,
        treatment=treatment,
    )


def _by_rate(cost: int, goods: dict[int, int], standard: int) -> list[tuple[int, int]]:
    """Shipping is accessory to the goods: it carries their rates in proportion (CJEU C-349/96); the standard rate when
    they cost nothing."""
    if not any(goods.values()):
        return [(standard, cost)]
    shares = allot(cost, {f"{rate:06}": amount for rate, amount in goods.items()})
    return [(int(rate), share) for rate, share in sorted(shares.items()) if share]


def _tax_lines(charges: Iterable[Charge], currency: str) -> tuple[TaxLine, ...]:
    net: dict[int, int] = defaultdict(int)
    tax: dict[int, int] = defaultdict(int)
    for each in charges:
        net[each.basis_points] += each.net
        tax[each.basis_points] += each.tax
    return tuple(
        TaxLine(rate, Money(net[rate], currency), Money(tax[rate], currency)) for rate in sorted(net)
    )


def _one_currency(
    lines: Sequence[Line], promotions: Sequence[Promotion], shipping: ShippingOption | None, currency: str
) -> None:
    named = {line.unit_price.currency for line in lines}
    named |= {promotion.amount.currency for promotion in promotions if isinstance(promotion, AmountOff)}
    if shipping:
        named.add(shipping.currency)
    if named - {currency}:
        raise CurrencyMismatch(f"{', '.join(sorted(named))} in a purchase in {currency}")
