"""The mails about stock, to look at in tests, and whatever else they may be given."""

from typing import Any

from hypothesis import strategies as st

from shared.notifications.templates.back_in_stock.variables import BackInStockV1
from shared.notifications.variables import MailVariables

_LINK = "https://api.cimes.example/v1/notifications/unsubscribe?brand=cimes&token=restock.Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M"

STOCK_SAMPLES: tuple[MailVariables, ...] = (
    BackInStockV1(
        product="Miel de lavande",
        variant="500 g",
        page="https://cimes.example/products/miel-de-lavande",
        unsubscribe=_LINK,
    ),
)

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40)

STOCK_VARIABLES: dict[type[MailVariables], st.SearchStrategy[Any]] = {
    BackInStockV1: st.builds(
        BackInStockV1,
        product=_TEXT,
        variant=st.just("") | _TEXT,
        page=st.none() | st.just("https://cimes.example/products/miel"),
        unsubscribe=st.just(_LINK),
    ),
}
