"""One sign-in with Google, from the browser's leaving to its coming back: kept in that browser alone, sealed in a cookie.

The cookie is what binds the answer to who asked: a link that carries somebody else's `state` signs nobody in.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ValidationError

from shared.identity.issuer import issuer
from shared.kernel.refusals import Invalid, Refusal
from shared.platform import brands, encryption
from shared.platform.brands import Brand
from shared.platform.doors.answers import allows_origin
from shared.platform.http import HttpRequest
from shared.platform.links import brand_of_link

START_PATH = "/v1/auth/oauth/google/start"
CALLBACK_PATH = "/v1/auth/oauth/google/callback"
LIFETIME = timedelta(minutes=10)
_COOKIE = "comptoir_google_"
_COOKIE_PATH = "/v1/auth/oauth/google"
_PLACE = "identity.google_flow"
_RANDOM_BYTES = 32
# Enough of the state to tell two tabs apart.
_TOLD_APART = 12
_LONGEST_RETURN = 2000
_NEVER_IN_AN_ADDRESS = frozenset("\\<>\"'`{}|^ ") | {chr(code) for code in (*range(32), *range(127, 161))}


class SignInStateInvalid(Refusal):
    """This sign-in did not begin in this browser, or began too long ago; begin again."""

    status = 400


class ReturnAddressRefused(Invalid):
    """After signing in one can only return to the shop itself."""


class Flow(BaseModel):
    """What has to be known again when the browser comes back."""

    brand_id: UUID
    state: str
    nonce: str
    verifier: str
    return_to: str | None
    terms: bool
    expires_at: datetime


def begin(brand: Brand, return_to: str | None, terms: bool, now: datetime) -> Flow:
    """A new sign-in. Raises ReturnAddressRefused."""
    return Flow(
        brand_id=brand.id,
        state=secrets.token_urlsafe(_RANDOM_BYTES),
        nonce=secrets.token_urlsafe(_RANDOM_BYTES),
        verifier=secrets.token_urlsafe(_RANDOM_BYTES),
        return_to=safe_return(brand, return_to) if return_to else None,
        terms=terms,
        expires_at=now + LIFETIME,
    )


def safe_return(brand: Brand, address: str) -> str:
    """`address` without its fragment, if it is a page of the brand's own. Raises ReturnAddressRefused."""
    # What one parser of addresses reads otherwise than the next is refused before any reads it.
    if len(address) > _LONGEST_RETURN or _NEVER_IN_AN_ADDRESS & set(address):
        raise ReturnAddressRefused
    try:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        at_home = parts.username is None and parts.password is None and allows_origin(brand, origin)
    except ValueError as error:
        raise ReturnAddressRefused from error
    if not at_home or not (address[len(origin) :][:1] in ("", "/", "?", "#") and address.startswith(origin)):
        raise ReturnAddressRefused
    return address.partition("#")[0]


def redirect_uri() -> str:
    """Where Google sends the browser back to: one address for all brands of the deployment."""
    return issuer() + CALLBACK_PATH


def cookie(flow: Flow) -> str:
    """The `Set-Cookie` that keeps the sign-in in its browser."""
    sealed = encryption.seal(flow.model_dump_json().encode(), _PLACE)
    return f"{_name(flow.state)}={sealed}; Max-Age={int(LIFETIME.total_seconds())}; {_attributes()}"


def forgotten_cookie(flow: Flow) -> str:
    """The `Set-Cookie` that ends it."""
    return f"{_name(flow.state)}=; Max-Age=0; {_attributes()}"


def resume(request: HttpRequest, state: str, now: datetime) -> Flow:
    """The sign-in of this browser that `state` belongs to. Raises SignInStateInvalid."""
    flow = _kept(request, state)
    if flow is None or flow.expires_at <= now:
        raise SignInStateInvalid
    return flow


def brand_of_callback(request: HttpRequest) -> Brand:
    """The brand of a browser that comes back. Raises BrandNotFound."""
    flow = _kept(request, next(iter(request.query.get("state", ())), ""))
    return brands.brand_by_id(flow.brand_id) if flow else brand_of_link(request)


def _kept(request: HttpRequest, state: str) -> Flow | None:
    name = _name(state)
    for each in request.cookies:
        key, _, value = each.partition("=")
        if key != name:
            continue
        try:
            flow = Flow.model_validate_json(encryption.unseal(value, _PLACE))
        except (encryption.Unsealable, ValidationError):
            return None
        return flow if hmac.compare_digest(flow.state.encode(), state.encode("utf-8", "replace")) else None
    return None


def _name(state: str) -> str:
    return _COOKIE + state[:_TOLD_APART]


def _attributes() -> str:
    # Lax: Google's redirect back is a navigation, and nothing else needs it.
    secure = "; Secure" if issuer().startswith("https://") else ""
    return f"Path={_COOKIE_PATH}; HttpOnly; SameSite=Lax{secure}"
