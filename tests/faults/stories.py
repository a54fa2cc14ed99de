"""The kinds of buyers, each a short story."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from tests.faults.accounts import knock_at_the_other_brand, open_account, sign_in
from tests.faults.buyers import DECLINED, VISA, Cart, Leaves, Story, Visit
from tests.faults.checks.recovery import PAGE
from tests.faults.messages import STAGE, consumer_of, wires
from tests.faults.notebook import KEPT, DeadLetter
from tests.faults.refunding import call_off, give_back
from tests.faults.shopper import both

_SHARE_OF_LOOK_UPS = 0.2
_SHARE_OF_CONVINCED = 0.8
REMINDERS = ("cart_reminder", "cart_second_reminder", "cart_last_reminder")
UNSUBSCRIBING = "/v1/notifications/unsubscribe"


async def pay(visit: Visit) -> None:
    """Buys and pays; some ask for the link to their order."""
    placed = await visit.check_out(await visit.fill_cart())
    if await visit.pay(placed) and visit.random.random() < _SHARE_OF_LOOK_UPS:
        wanted = {"number": placed.number, "email": visit.email}
        await visit.shopper.ask("look up", "POST", "/v1/store/orders/lookup", wanted)


async def decline_then_pay(visit: Visit) -> None:
    """The first card is declined, the second is not."""
    placed = await visit.check_out(await visit.fill_cart())
    await visit.pay(placed, DECLINED)
    await visit.pay(placed)


async def decline_and_leave(visit: Visit) -> None:
    """The card is declined, and that was it."""
    await visit.pay(await visit.check_out(await visit.fill_cart()), DECLINED)


async def abandon_cart(visit: Visit) -> None:
    """Fills a cart and leaves it."""
    await visit.change(await visit.fill_cart())


async def come_back(visit: Visit) -> None:
    """Somebody who was reminded of a cart opens it by the link, and mostly buys what is left of it."""
    link, visit.email = await _reminder(visit, PAGE)
    token = parse_qs(urlsplit(link).query)["token"][0]
    opened = await visit.shopper.ask("recover", "POST", "/v1/store/cart/recover", {"token": token})
    visit.note_refusal(opened)
    if opened.status != 200:
        raise Leaves(f"recover: {opened.status} {opened.code}")
    cart = Cart(opened.body["id"], opened.body["token"], opened.body["items"])
    if cart.items and visit.random.random() < _SHARE_OF_CONVINCED:
        await visit.pay(await visit.check_out(cart))


async def unsubscribe(visit: Visit) -> None:
    """Somebody who was reminded wants no more of it."""
    link, _ = await _reminder(visit, UNSUBSCRIBING)
    page = urlsplit(link)
    visit.note_refusal(await visit.shopper.ask("unsubscribe", "POST", f"{page.path}?{page.query}", {}))


async def _reminder(visit: Visit, page: str) -> tuple[str, str]:
    """A link to `page` out of a reminder that nobody has followed yet, and whom it was sent to."""
    for template in REMINDERS:
        found = await visit.shopper.ask("mailbox", "GET", f"/_local/mail.json?template={template}")
        for mail in found.body.get("data", []):
            own = mail["to"].endswith(f"@{visit.buyer.brand}.example")
            links = [link for link in mail["links"] if urlsplit(link).path == page]
            if own and links and links[0] not in visit.notes.reminded:
                visit.notes.reminded.add(links[0])
                return links[0], mail["to"]
    raise Leaves("nobody was reminded")


async def abandon_order(visit: Visit) -> None:
    """Orders and does not pay."""
    await visit.check_out(await visit.fill_cart())


async def browse(visit: Visit) -> None:
    """Only looks."""
    await visit.browse()


async def change_their_mind(visit: Visit) -> None:
    """Orders, changes the cart (while the first order may be being paid in another tab), orders again and pays."""
    cart = await visit.fill_cart()
    first = await visit.check_out(cart)
    if visit.random.random() < 0.4:
        await asyncio.gather(visit.change(cart), visit.pay(first))
    else:
        await visit.change(cart)
    await visit.pay(await visit.check_out(cart))


async def twins(visit: Visit) -> None:
    """A double click: the same checkout twice at once, with one key."""
    cart = await visit.fill_cart()
    key = f"twins-{visit.buyer.number}"
    place = visit.random.randrange(3)
    first, second = await both(visit.check_out(cart, key, place), visit.check_out(cart, key, place))
    if first.answer != second.answer and visit.world.now() - first.at < KEPT:
        visit.notes.complaints.append(f"twins of buyer {visit.buyer.number} were answered differently")
    await visit.pay(first)


async def two_tabs(visit: Visit) -> None:
    """The same cart checked out in two tabs, and paid in both."""
    cart = await visit.fill_cart()
    place = visit.random.randrange(3)
    first, second = await both(visit.check_out(cart, place=place), visit.check_out(cart, place=place))
    await asyncio.gather(visit.pay(first), visit.pay(second))


async def pay_late(visit: Visit) -> None:
    """Leaves the payment page open until the time may be over, and pays then."""
    placed = await visit.check_out(await visit.fill_cart())
    await visit.wait_for_the_clock()
    await visit.pay(placed, VISA)


async def member(visit: Visit) -> None:
    """Opens an account, verifies the address by the mailed link, and buys signed in."""
    visit.bearer = await open_account(visit)
    await visit.pay(await visit.check_out(await visit.fill_cart()))


async def staff(visit: Visit) -> None:
    """Somebody of the shop looks at its orders and stock, and at nobody else's."""
    shopper, brand = visit.shopper, visit.buyer.brand
    bearer, refresh_token = await sign_in(visit)
    orders = await shopper.ask("list orders", "GET", "/v1/admin/orders?limit=50", headers=bearer)
    for order in orders.body.get("data", []):
        if not order["email"].endswith(f"@{brand}.example"):
            visit.notes.complaints.append(f"staff of {brand} see order {order['id']} of {order['email']}")
    await knock_at_the_other_brand(visit, bearer)
    if orders.body.get("data"):
        one = visit.random.choice(orders.body["data"])
        await shopper.ask("get order", "GET", f"/v1/admin/orders/{one['id']}", headers=bearer)
    variant = visit.random.choice(visit.world.shelves[brand].variants)
    await shopper.ask("stock", "GET", f"/v1/admin/inventory/{variant}", headers=bearer)
    refreshed = await shopper.ask("refresh", "POST", "/v1/auth/refresh", {"refresh_token": refresh_token})
    if refreshed.status == 200:
        bearer = {"authorization": f"Bearer {refreshed.body['access_token']}"}
    await shopper.ask("sign out", "POST", "/v1/auth/logout", {}, headers=bearer)


async def stock_arrives(visit: Visit) -> None:
    """Somebody of the shop books a few more of what is scarce."""
    bearer, _ = await sign_in(visit)
    shelf = visit.world.shelves[visit.buyer.brand]
    for variant in shelf.scarce or shelf.variants[:1]:
        reason, units = f"delivery {visit.buyer.number} of {variant}", visit.random.randint(3, 12)
        path, booked = (
            f"/v1/admin/inventory/{variant}/movements",
            {"type": "in", "quantity": units, "reason": reason},
        )
        answer = await visit.shopper.ask("book stock", "POST", path, booked, headers=bearer | visit.key())
        visit.note_refusal(answer)
        if answer.status == 201:
            visit.notes.deliveries[reason] = units


async def operator(visit: Visit) -> None:
    """Somebody who keeps the shop running presses the buttons that are safe at any time."""
    shopper, choice = visit.shopper, visit.random.choice
    bearer, _ = await sign_in(visit)
    await shopper.ask("admin health", "GET", "/v1/admin/health", headers=bearer)
    counted = await shopper.ask("reconcile", "POST", "/v1/admin/inventory/reconcile", {}, headers=bearer)
    if counted.status == 200 and counted.body["wrong"]:
        visit.notes.complaints.append(
            f"counters of {visit.buyer.brand} are wrong: {counted.body['discrepancies']}"
        )
    webhooks = await shopper.ask("list webhooks", "GET", "/v1/admin/webhook-events?limit=50", headers=bearer)
    if webhooks.body.get("data"):
        one = choice(webhooks.body["data"])
        visit.notes.webhooks_replayed.add(one["event_id"])
        path = f"/v1/admin/webhook-events/{one['id']}/replay"
        await shopper.ask("replay webhook", "POST", path, {}, headers=bearer)
    events = await shopper.ask("list outbox", "GET", "/v1/admin/outbox?limit=50", headers=bearer)
    if events.body.get("data"):
        path = f"/v1/admin/outbox/{choice(events.body['data'])['id']}/replay"
        await shopper.ask("replay event", "POST", path, {}, headers=bearer)
    letters = await shopper.ask("dead letters", "GET", "/v1/admin/dead-letters", headers=bearer)
    for letter in letters.body.get("data", []):
        known = consumer_of(letter["queue"]), letter["event_id"], letter["message_id"], letter["reason"]
        visit.notes.dead_letters.append(DeadLetter(*known))
    # An empty one as well: somebody else may have pressed the button a moment ago.
    named = {queue["queue"] for queue in letters.body.get("queues", [])}
    for queue in sorted(named | {choice(wires()).queue.removeprefix(STAGE)}):
        path = f"/v1/admin/dead-letters/{queue}/redrive"
        await shopper.ask("redrive", "POST", path, {}, headers=bearer)


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        pay,
        decline_then_pay,
        decline_and_leave,
        abandon_cart,
        come_back,
        unsubscribe,
        abandon_order,
        browse,
        change_their_mind,
        twins,
        two_tabs,
        pay_late,
        give_back,
        call_off,
        member,
        staff,
        stock_arrives,
        operator,
    )
}
