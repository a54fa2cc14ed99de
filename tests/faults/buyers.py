"""The buyers' stories, told over HTTP as a shop's pages and Stripe's form would."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.faults.notebook import Notebook, Placed
from tests.faults.plan import DEMO, OTHER, Buyer
from tests.faults.shopper import Answer, ClosedThePage, GaveUp, Shopper, Traffic
from tests.faults.world import World

VISA, DECLINED = "pm_card_visa", "pm_card_chargeDeclined"
# The same two at PayPal, by its page's names.
_INSTRUMENTS = {VISA: "good", DECLINED: "declined"}
_SHARE_OF_PAYPAL = 0.35
# Of those who have approved there: who does not come back to the shop, and who has second thoughts.
_SHARE_WHO_STAY_AWAY, _SHARE_OF_DOUBTERS = 0.3, 0.1
_SHARE_OF_ADDRESSES_LEFT = 0.7
_ADDRESSES = (("FR", "75001", "Paris"), ("BE", "1000", "Bruxelles"), ("LU", "1009", "Luxembourg"))
_SHARE_OF_PEEKERS, _SHARE_OF_LOOKERS = 0.1, 0.3
_SHARE_OF_SCARCE = 0.25
_SHARE_OF_WAITERS = 0.6
# Who closes the page when the first answer is none.
_SHARE_OF_IMPATIENT = 0.25


class Leaves(Exception):
    """The shop has refused what the buyer came for."""


@dataclass
class Cart:
    """A cart and its token."""

    id: str
    token: str
    items: list[dict[str, Any]]


class Visit:
    """One buyer's visit: the steps that the stories are made of."""

    def __init__(
        self, buyer: Buyer, world: World, http: httpx.AsyncClient, traffic: Traffic, notes: Notebook
    ) -> None:
        self.buyer, self.world, self.notes = buyer, world, notes
        self.random = Random(buyer.luck)
        self.shopper = Shopper(http, buyer.brand, traffic, self.random, world.patience)
        self.email = f"buyer-{buyer.number}@{buyer.brand}.example"
        self.bearer: dict[str, str] = {}
        self.gateway = "paypal" if self.random.random() < _SHARE_OF_PAYPAL else "stripe"

    async def browse(self) -> None:
        """The categories, a list and a page or two; asked again with its validator, a page is not sent again."""
        await self.shopper.ask("categories", "GET", "/v1/store/categories")
        listed = await self.shopper.ask("list", "GET", "/v1/store/products?limit=20")
        sold_here = self.world.shelves[self.buyer.brand].variants
        for product in listed.body["data"]:
            if strange := [one["id"] for one in product["variants"] if one["id"] not in sold_here]:
                self.notes.complaints.append(f"{self.buyer.brand} lists {strange}, which it does not sell")
        for product in self.random.sample(listed.body["data"], min(2, len(listed.body["data"]))):
            path = f"/v1/store/products/{product['slug']}"
            page = await self.shopper.ask("detail", "GET", path)
            await self.shopper.ask(
                "detail", "GET", path, headers={"if-none-match": page.headers.get("etag", "")}
            )

    async def fill_cart(self) -> Cart:
        """A new cart with what the buyer picks; most say who they are."""
        wish = {"locale": self.random.choice(("fr", "en"))}
        if self.random.random() < _SHARE_OF_ADDRESSES_LEFT:
            wish["email"] = self.email
        made = await self.shopper.ask("create cart", "POST", "/v1/store/cart", wish, headers=self.key())
        cart = Cart(made.body["id"], made.body["token"], [])
        shelf = self.world.shelves[self.buyer.brand]
        for pick, quantity in self.buyer.picks:
            among = (
                shelf.scarce if shelf.scarce and self.random.random() < _SHARE_OF_SCARCE else shelf.variants
            )
            await self.add(cart, among[pick % len(among)], quantity)
        if not cart.items:
            raise Leaves("nothing of it in stock")
        if self.random.random() < _SHARE_OF_PEEKERS:
            await self._peek(cart)
        if self.random.random() < _SHARE_OF_LOOKERS:
            await self.shopper.ask(
                "get cart", "GET", f"/v1/store/cart/{cart.id}", headers={"x-cart-token": cart.token}
            )
        return cart

    async def add(self, cart: Cart, variant: str, quantity: int) -> None:
        """Put something in; what is out of stock stays out."""
        answer = await self.shopper.ask(
            "add item",
            "POST",
            f"/v1/store/cart/{cart.id}/items",
            {"variant_id": variant, "quantity": quantity},
            headers={"x-cart-token": cart.token},
        )
        self.note_refusal(answer)
        if answer.status == 201:
            cart.items = answer.body["items"]
        elif answer.code == "out_of_stock" and self.random.random() < _SHARE_OF_WAITERS:
            await self._wait_for(variant)

    async def change(self, cart: Cart) -> None:
        """One more of the first thing, or one thing less."""
        line = cart.items[0]
        path, headers = f"/v1/store/cart/{cart.id}/items/{line['id']}", {"x-cart-token": cart.token}
        if len(cart.items) > 1 and self.random.random() < 0.4:
            answer = await self.shopper.ask("remove item", "DELETE", path, headers=headers)
        else:
            answer = await self.shopper.ask(
                "change item", "PATCH", path, {"quantity": line["quantity"] + 1}, headers=headers
            )
        self.note_refusal(answer)
        if answer.status == 200:
            cart.items = answer.body["items"]

    async def check_out(self, cart: Cart, key: str | None = None, place: int | None = None) -> Placed:
        """Look at what it costs, then order. Raises Leaves when it is refused."""
        place = self.random.randrange(len(_ADDRESSES)) if place is None else place
        country, postcode, city = _ADDRESSES[place]
        token = {"x-cart-token": cart.token}
        query = f"country={country}&postcode={postcode}&cart_id={cart.id}"
        options = await self.shopper.ask(
            "shipping options", "GET", f"/v1/store/shipping-options?{query}", headers=token
        )
        if options.status != 200 or not options.body["data"]:
            raise Leaves(f"no way to send it: {options.status} {options.code}")
        wish = {
            "cart_id": cart.id,
            "email": self.email,
            "gateway": self.gateway,
            "shipping_option_id": options.body["data"][0]["id"],
            "shipping_address": {"first_name": "Ada", "last_name": "Byron", "line1": "1 rue du Pont",
                                 "postcode": postcode, "city": city, "country": country},
        }  # fmt: skip
        if self.random.random() < 0.3:
            await self.shopper.ask("preview", "POST", "/v1/store/checkout/preview", wish, headers=token)
        key, at = key or self.key()["idempotency-key"], self.world.now()
        headers = token | self.bearer | {"idempotency-key": key}
        asking = self.shopper.ask_once if self.random.random() < _SHARE_OF_IMPATIENT else self.shopper.ask
        answer = await asking("checkout", "POST", "/v1/store/checkout", wish, headers=headers)
        self.note_refusal(answer)
        if answer.status != 201:
            raise Leaves(f"checkout: {answer.status} {answer.code}")
        return self._placed(cart, key, at, wish, answer)

    def _placed(self, cart: Cart, key: str, at: datetime, wish: dict[str, Any], answer: Answer) -> Placed:
        order, payment = answer.body["order"], answer.body["payment"]
        placed = Placed(
            buyer=self.buyer.number,
            brand=self.buyer.brand,
            email=self.email,
            key=key,
            token=cart.token,
            request=wish,
            answer=answer.raw,
            order_id=order["id"],
            number=order["number"],
            total=order["totals"]["total"]["amount"],
            intent_id=payment["intent_id"],
            gateway=self.gateway,
            client_secret=payment["client_secret"],
            at=at,
        )
        self.notes.placed.append(placed)
        return placed

    async def pay(self, placed: Placed, card: str = VISA) -> bool:
        """Confirm the payment at Stripe; whether it succeeded. An answer that did not come is asked for."""
        if placed.gateway == "paypal":
            return await self._pay_by_paypal(placed, _INSTRUMENTS[card])
        path = f"/_local/stripe/v1/payment_intents/{placed.intent_id}"
        secret = {"client_secret": placed.client_secret or ""}
        answer = await self.shopper.ask(
            "pay", "POST", f"{path}/confirm", form=secret | {"payment_method": card}
        )
        if answer.status == 400:
            answer = await self.shopper.ask(
                "see payment", "GET", f"{path}?client_secret={placed.client_secret}"
            )
        if answer.status == 200 and answer.body.get("status") == "succeeded":
            self.notes.paid.add(placed.intent_id)
            return True
        return False

    async def _pay_by_paypal(self, placed: Placed, instrument: str) -> bool:
        """Approve on PayPal's page and come back; whether the shop has said that it is paid."""
        outcome = "cancel" if self.random.random() < _SHARE_OF_DOUBTERS else "approve"
        page = f"/_local/paypal/checkoutnow?token={placed.intent_id}"
        form = {"outcome": outcome, "instrument": instrument}
        await self.shopper.ask("approve", "POST", page, form=form)
        if outcome == "cancel" or self.random.random() < _SHARE_WHO_STAY_AWAY:
            return False
        cart = {"cart_id": placed.request["cart_id"]}
        answer = await self.shopper.ask(
            "confirm", "POST", "/v1/store/checkout/confirm", cart, headers={"x-cart-token": placed.token}
        )
        self.note_refusal(answer)
        # The cart may meanwhile wait for another order.
        if answer.status != 200 or answer.body["order"]["id"] != placed.order_id:
            return False
        if answer.body["payment"] == "paid":
            self.notes.paid.add(placed.intent_id)
            return True
        return False

    async def wait_for_the_clock(self) -> None:
        """Until the time to pay may be over."""
        began, until = self.world.now(), asyncio.get_running_loop().time() + self.world.patience / 2
        while asyncio.get_running_loop().time() < until and (self.world.now() - began).total_seconds() < 1800:
            await asyncio.sleep(0.5)

    async def _wait_for(self, variant: str) -> None:
        path = f"/v1/store/products/{self.world.shelves[self.buyer.brand].slugs[variant]}/notify-me"
        wish = {"email": self.email, "variant_id": variant}
        self.note_refusal(await self.shopper.ask("notify me", "POST", path, wish, headers=self.key()))

    async def _peek(self, cart: Cart) -> None:
        """The same cart in the other brand: it must not be there."""
        other = other_brand(self.buyer.brand)
        headers = {"x-cart-token": cart.token, "x-brand": other}
        answer = await self.shopper.ask("peek", "GET", f"/v1/store/cart/{cart.id}", headers=headers)
        if answer.status != 404:
            self.notes.complaints.append(
                f"cart {cart.id} of {self.buyer.brand} seen in {other}: {answer.status}"
            )

    def note_refusal(self, answer: Answer) -> None:
        """Count it, if it is one."""
        if answer.status >= 400:
            self.notes.refused.append(answer.code)

    def key(self) -> dict[str, str]:
        """The header with a new idempotency key."""
        return {"idempotency-key": str(UUID(int=self.random.getrandbits(128)))}


def other_brand(brand: str) -> str:
    """The one of the two that it is not."""
    return DEMO if brand == OTHER else OTHER


async def visit(
    buyer: Buyer, world: World, http: httpx.AsyncClient, traffic: Traffic, notes: Notebook
) -> None:
    """Tell the buyer's story, to its end or until the buyer leaves or gives up."""
    from tests.faults.stories import STORIES

    here = Visit(buyer, world, http, traffic, notes)
    try:
        await STORIES[buyer.kind](here)
    except (Leaves, ClosedThePage) as refused:
        notes.refused.append(str(refused))
    except GaveUp as gave_up:
        notes.gave_up.append(f"buyer {buyer.number} ({buyer.kind}), {gave_up}")


type Story = Callable[[Visit], Awaitable[object]]
