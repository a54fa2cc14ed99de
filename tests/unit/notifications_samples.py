"""Mails to look at in tests: an order with everything a template can show, and brands."""

from datetime import UTC, datetime

from shared.kernel.money import Money
from shared.notifications.templates.order_confirmation.variables import OrderConfirmationV1
from shared.notifications.variables import MailBrand, MailLine, MailTaxLine, PostalAddress
from tests.unit.notifications_account_samples import ACCOUNT_SAMPLES
from tests.unit.notifications_cart_samples import CART_SAMPLES
from tests.unit.notifications_order_samples import ORDER_SAMPLES
from tests.unit.notifications_privacy_samples import PRIVACY_SAMPLES
from tests.unit.notifications_stock_samples import STOCK_SAMPLES


def euros(cents: int) -> Money:
    return Money(cents, "EUR")


BRAND = MailBrand(
    name="Comptoir des Cimes",
    store_url="https://cimes.example",
    timezone="Europe/Paris",
    locale="fr",
    contact="bonjour@cimes.example",
    postal_line="8 place de la Sorbonne, 75005 Paris",
)
ADA = PostalAddress(
    first_name="Ada",
    last_name="Lovelace",
    line1="12 rue des Martyrs",
    line2="Bâtiment B",
    postcode="75009",
    city="Paris",
    country="FR",
)
ORDER = OrderConfirmationV1(
    order_number="1042",
    # Already the 21st in Paris.
    placed_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
    lines=(
        MailLine(
            title="Miel de lavande",
            detail="500 g",
            quantity=2,
            unit_price=euros(1450),
            line_total=euros(2900),
        ),
        MailLine(title="Savon <d’Alep> & Cie", quantity=1, unit_price=euros(1890), line_total=euros(1890)),
    ),
    subtotal=euros(4790),
    discount=euros(500),
    shipping=euros(490),
    shipping_option="Colissimo",
    tax_lines=(
        MailTaxLine(rate_basis_points=550, amount=euros(136)),
        MailTaxLine(rate_basis_points=2000, amount=euros(361)),
    ),
    total=euros(4780),
    shipping_address=ADA,
    billing_address=ADA.model_copy(update={"company": "Engines SARL", "country": "LU"}),
    invoice_link="https://api.cimes.example/v1/store/orders/Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M/invoice.pdf?brand=cimes",
)
SAMPLES = (ORDER, *ORDER_SAMPLES, *ACCOUNT_SAMPLES, *PRIVACY_SAMPLES, *STOCK_SAMPLES, *CART_SAMPLES)
