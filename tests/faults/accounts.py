"""Ways in during a fault run: staff by their password, buyers by an account whose address they verify."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from tests.faults.buyers import Leaves, Visit, other_brand

PASSWORD = "demo-Passw0rd!"
_REFUSED = (401, 403, 404)

type Bearer = dict[str, str]


async def sign_in(visit: Visit) -> tuple[Bearer, str]:
    """As the brand's administrator: the header to send, and the refresh token."""
    login = {"email": f"admin@{visit.buyer.brand}.test", "password": PASSWORD}
    signed_in = await visit.shopper.ask("sign in", "POST", "/v1/admin/auth/login", login)
    if signed_in.status != 200:
        raise Leaves(f"sign in: {signed_in.status} {signed_in.code}")
    bearer = {"authorization": f"Bearer {signed_in.body['access_token']}"}
    return bearer, str(signed_in.body["refresh_token"])


async def open_account(visit: Visit) -> Bearer:
    """Register, follow the mailed link, sign in: the header to send. Raises Leaves when the mail does not come."""
    ask = visit.shopper.ask
    names = {"first_name": "Ada", "last_name": "Byron", "accepted_terms": True}
    login = {"email": visit.email, "password": PASSWORD}
    registered = await ask("register", "POST", "/v1/auth/register", login | names)
    token = await _mailed_token(visit)
    verified = await ask("verify", "POST", "/v1/auth/verify-email", {"token": token})
    signed_in = await ask("sign in as member", "POST", "/v1/auth/login", login)
    if {registered.status, verified.status, signed_in.status} != {201, 200}:
        said = [f"{each.status} {each.code}" for each in (registered, verified, signed_in)]
        raise Leaves(f"open account: {', '.join(said)}")
    return {"authorization": f"Bearer {signed_in.body['access_token']}"}


async def knock_at_the_other_brand(visit: Visit, bearer: Bearer) -> None:
    """What opens this brand's door must not open the other's."""
    other = other_brand(visit.buyer.brand)
    answer = await visit.shopper.ask(
        "knock", "GET", "/v1/admin/orders?limit=1", headers=bearer | {"x-brand": other}
    )
    if answer.status not in _REFUSED:
        visit.notes.complaints.append(f"staff of {visit.buyer.brand} are let in by {other}: {answer.status}")


async def _mailed_token(visit: Visit) -> str:
    until = asyncio.get_running_loop().time() + visit.world.patience / 2
    while asyncio.get_running_loop().time() < until:
        mails = await visit.shopper.ask("mailbox", "GET", f"/_local/mail.json?to={visit.email}")
        for link in (link for mail in mails.body.get("data", []) for link in mail["links"]):
            if token := parse_qs(urlsplit(str(link)).query).get("token"):
                return token[0]
        await asyncio.sleep(0.5)
    raise Leaves("no mail to verify the address by")
