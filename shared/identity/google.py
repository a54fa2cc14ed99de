"""Google sign-in as OpenID Connect has it: the authorization code flow with PKCE, state and nonce, by Authlib.

A brand signs in with its own client of Google's, which stands in `settings["google"]`: `client_id`, and `sealed_client_secret`.
"""

import json
import time
import urllib.request
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.kernel.refusals import NotFound, Refusal, Unauthenticated
from shared.platform import clock, encryption
from shared.platform.brands import Brand
from shared.platform.logs import log
from shared.platform.settings import settings

SCOPE = "openid email profile"
# Google's own endpoints and keys change seldom and are announced long before.
_KEEP_SECONDS = 3600.0
_TIMEOUT_SECONDS = 5.0
_LEEWAY_SECONDS = 60
_METADATA_PATH = "/.well-known/openid-configuration"
# https://developers.google.com/identity/gsi/web/guides/verify-google-id-token: for whose addresses Google's word is final.
_GOOGLES_OWN = ("gmail.com", "googlemail.com")
_SETTING = "google"

_kept: dict[str, tuple[float, dict[str, Any]]] = {}


class GoogleSignInNotOffered(NotFound):
    """This shop does not offer to sign in with Google."""


class GoogleSignInRefused(Unauthenticated):
    """Google did not confirm who you are; try again."""


class GoogleUnavailable(Refusal):
    """Google does not answer; try again in a moment."""

    status = 503


@dataclass(frozen=True, slots=True)
class Client:
    """What a brand is to Google."""

    id: str
    sealed_secret: str
    brand_id: UUID

    @property
    def secret(self) -> str:
        """The client's secret. Raises encryption.Unsealable."""
        return encryption.unseal(self.sealed_secret, place(self.brand_id)).decode()


@dataclass(frozen=True, slots=True)
class Profile:
    """What Google says of somebody. `is_final`: the address is of Google's own, so it cannot be somebody else's by now."""

    subject: str
    email: str
    email_verified: bool
    is_final: bool
    first_name: str
    last_name: str
    locale: str | None


def client_of(brand: Brand) -> Client:
    """The brand's client. Raises GoogleSignInNotOffered."""
    chosen = brand.settings.get(_SETTING)
    if not isinstance(chosen, dict) or not chosen.get("client_id") or not chosen.get("sealed_client_secret"):
        raise GoogleSignInNotOffered
    return Client(str(chosen["client_id"]), str(chosen["sealed_client_secret"]), brand.id)


def client_settings(brand_id: UUID, client_id: str, client_secret: str) -> dict[str, Any]:
    """What a brand's settings hold of a client of Google's, the secret sealed."""
    sealed = encryption.seal(client_secret.encode(), place(brand_id))
    return {_SETTING: {"client_id": client_id, "sealed_client_secret": sealed}}


def authorization_url(client: str, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
    """Where a browser is sent to sign in. Raises GoogleUnavailable."""
    from authlib.oauth2.client import OAuth2Client

    flow = OAuth2Client(None, client, redirect_uri=redirect_uri, scope=SCOPE, code_challenge_method="S256")
    endpoint = _metadata()["authorization_endpoint"]
    url, _ = flow.create_authorization_url(
        endpoint, state=state, nonce=nonce, code_verifier=verifier, prompt="select_account"
    )
    return str(url)


def exchange(client: Client, redirect_uri: str, *, code: str, nonce: str, verifier: str) -> Profile:
    """Who a code stands for. Raises GoogleSignInRefused, GoogleUnavailable."""
    import requests
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.requests_client import OAuth2Session

    metadata = _metadata()
    flow = OAuth2Session(
        client.id, client.secret, redirect_uri=redirect_uri, token_endpoint_auth_method="client_secret_post"
    )
    try:
        told = flow.fetch_token(
            metadata["token_endpoint"],
            code=code,
            code_verifier=verifier,
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except AuthlibBaseError as error:
        log.warning("Google took no code", extra={"why": repr(error)})
        raise GoogleSignInRefused from error
    except (requests.RequestException, ValueError) as error:
        raise GoogleUnavailable(retry_after=1) from error
    return _profile(_claims(told, client.id, nonce, metadata))


def forget() -> None:
    """Drop what this process has fetched: for tests."""
    _kept.clear()


def _claims(told: dict[str, Any], client_id: str, nonce: str, metadata: dict[str, Any]) -> dict[str, Any]:
    """The claims of the ID token, once signature, issuer, audience, nonce and times hold. Raises GoogleSignInRefused."""
    import jwt
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import JoseError

    issuer = str(metadata["issuer"])
    options = {
        "iss": {"essential": True, "values": [issuer, issuer.removeprefix("https://")]},
        "aud": {"essential": True, "value": client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    params = {"nonce": nonce, "client_id": client_id, "access_token": told.get("access_token")}
    try:
        token = str(told["id_token"])
        header = jwt.get_unverified_header(token)
        key = _key(str(metadata["jwks_uri"]), str(header["kid"]))
        # Who it is from and for, and when, is Authlib's to check, by the one clock.
        unchecked = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
        claims = jwt.decode(token, key, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]
        checked = CodeIDToken(claims, header, options, params)
        checked.validate(now=int(clock.now().timestamp()), leeway=_LEEWAY_SECONDS)
    except (jwt.PyJWTError, JoseError, KeyError, TypeError, ValueError) as error:
        log.warning("what Google says does not hold", extra={"why": repr(error)})
        raise GoogleSignInRefused from error
    return dict(claims)


def _profile(claims: dict[str, Any]) -> Profile:
    email, subject = claims.get("email"), claims.get("sub")
    if not isinstance(email, str) or not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise GoogleSignInRefused
    domain = email.rpartition("@")[2].lower()
    return Profile(
        subject=subject,
        email=email,
        email_verified=claims.get("email_verified") is True,
        is_final=domain in _GOOGLES_OWN or str(claims.get("hd", "")).lower() == domain,
        first_name=str(claims.get("given_name") or "")[:120],
        last_name=str(claims.get("family_name") or "")[:120],
        locale=str(claims["locale"])[:20] if claims.get("locale") else None,
    )


def _metadata() -> dict[str, Any]:
    return _fetch(settings().google_issuer.rstrip("/") + _METADATA_PATH)


def _key(jwks_uri: str, kid: str) -> Any:
    from jwt import PyJWKSet

    for again in (False, True):
        # A key that is new since the set was kept is looked for once.
        known = PyJWKSet.from_dict(_fetch(jwks_uri, afresh=again)).keys
        found = next((each.key for each in known if each.key_id == kid), None)
        if found is not None:
            return found
    raise KeyError(kid)


def _fetch(url: str, *, afresh: bool = False) -> dict[str, Any]:
    kept = _kept.get(url)
    if kept is not None and kept[0] > time.monotonic() and not afresh:
        return kept[1]
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:
            found = json.loads(answer.read())
    except (OSError, ValueError) as error:
        raise GoogleUnavailable(retry_after=1) from error
    if not isinstance(found, dict):
        raise GoogleUnavailable(retry_after=1)
    _kept[url] = (time.monotonic() + _KEEP_SECONDS, found)
    return found


def place(brand_id: UUID) -> str:
    """Where a brand's sealed secret belongs."""
    return f"platform.brands/{brand_id}/google"
