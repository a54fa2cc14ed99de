"""The provider: discovery, keys, consent, code for token. It checks what Google checks, and keeps nothing over a restart."""

import base64
import hashlib
import hmac
import html
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from local.google.identities import OFFERED, Person, person

CLIENT_ID = "comptoir.apps.googleusercontent.example"
CLIENT_SECRET = "GOCSPX-local"
_CODE_SECONDS = 60.0
_TOKEN_SECONDS = 3600
_KEY_ID = "local-google"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Mistake(Exception):
    """The request is not one that Google would take: `error` as RFC 6749 names it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.status = error, status


@dataclass(frozen=True, slots=True)
class _Granted:
    person: Person
    client_id: str
    redirect_uri: str
    nonce: str
    challenge: str
    until: float


class Provider:
    """`issuer` is where it is reached; `now` tells the time in seconds. `changed` is laid over the claims of the next ID tokens:
    for tests of what must not be believed. A code lives for `code_seconds`."""

    def __init__(
        self, issuer: str, now: Callable[[], float] = time.time, code_seconds: float = _CODE_SECONDS
    ) -> None:
        self.issuer, self._now, self._code_seconds = issuer.rstrip("/"), now, code_seconds
        self._one_key = Lock()
        self._made: rsa.RSAPrivateKey | None = None
        self._codes: dict[str, _Granted] = {}
        self._people: dict[str, Person] = {}
        self.changed: dict[str, Any] = {}

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Answer one request; header names are lower case, `path` begins below the issuer's."""
        try:
            match method, path:
                case "GET", "/.well-known/openid-configuration":
                    return _document(self._metadata())
                case "GET", "/jwks":
                    return _document({"keys": [self._jwk]})
                case "GET", "/authorize":
                    return self._ask(dict(parse_qsl(query)))
                case "POST", "/authorize":
                    return self._decide(dict(parse_qsl(query)), dict(parse_qsl(body.decode())))
                case "POST", "/token":
                    return self._give_token(dict(parse_qsl(body.decode())), headers)
            raise Mistake("not_found", f"there is no {method} {path}", 404)
        except Mistake as mistake:
            told = {"error": mistake.error, "error_description": str(mistake)}
            return _document(told, mistake.status)

    @property
    def _key(self) -> rsa.RSAPrivateKey:
        # Several threads answer at once: they sign by one key.
        with self._one_key:
            if self._made is None:
                self._made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return self._made

    @cached_property
    def _jwk(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {**public, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _ask(self, asked: dict[str, str]) -> Reply:
        _check_request(asked)
        if asked.get("login_hint"):
            return self._decide(asked, {"email": asked["login_hint"]})
        rows = "".join(
            f'<p><button name="email" value="{html.escape(each.email)}">{html.escape(each.email)}</button></p>'
            for each in OFFERED
        )
        page = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Local Google</title>'
            '<meta name="viewport" content="width=device-width">'
            "<style>body{font:16px/1.5 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}"
            "button,input{font:inherit;padding:.6rem .9rem;width:100%;box-sizing:border-box}</style>"
            f'<h1>Sign in, locally</h1><form method="post">{rows}</form>'
            '<form method="post"><p><input name="email" type="email" required placeholder="somebody@gmail.com" aria-label="Email"></p>'
            "<p><button>Sign in as this one</button></p></form>"
            '<form method="post"><p><button name="deny" value="1">Cancel</button></p></form>'
        )
        return Reply(200, page, {"content-type": "text/html; charset=utf-8"})

    def _decide(self, asked: dict[str, str], chosen: dict[str, str]) -> Reply:
        _check_request(asked)
        if chosen.get("deny"):
            return _back(asked, {"error": "access_denied"})
        email = chosen.get("email", "").strip()
        if "@" not in email:
            raise Mistake("invalid_request", "say who signs in")
        code = "4/" + secrets.token_urlsafe(24)
        self._codes[code] = _Granted(
            person=self._people.get(email) or person(email),
            client_id=asked["client_id"],
            redirect_uri=asked["redirect_uri"],
            nonce=asked.get("nonce", ""),
            challenge=asked["code_challenge"],
            until=self._now() + self._code_seconds,
        )
        return _back(asked, {"code": code})

    def add(self, someone: Person) -> None:
        """Somebody who signs in by their address, as described."""
        self._people[someone.email] = someone

    def _give_token(self, form: dict[str, str], headers: Mapping[str, str]) -> Reply:
        client, secret = _client(form, headers)
        if client != CLIENT_ID or not hmac.compare_digest(secret, CLIENT_SECRET):
            raise Mistake("invalid_client", "the client is unknown, or its secret is wrong", 401)
        if form.get("grant_type") != "authorization_code":
            raise Mistake("unsupported_grant_type", "only codes are taken")
        granted = self._codes.pop(form.get("code", ""), None)
        if granted is None or granted.until < self._now() or granted.client_id != client:
            raise Mistake("invalid_grant", "the code is unknown, used or too old")
        if granted.redirect_uri != form.get("redirect_uri"):
            raise Mistake("redirect_uri_mismatch", "this is not where the code was sent to")
        if not hmac.compare_digest(_challenge(form.get("code_verifier", "")), granted.challenge):
            raise Mistake("invalid_grant", "the code_verifier does not match")
        access_token = "ya29." + secrets.token_urlsafe(24)
        return _document(
            {
                "access_token": access_token,
                "expires_in": _TOKEN_SECONDS,
                "scope": "openid email profile",
                "token_type": "Bearer",
                "id_token": self._id_token(granted, access_token),
            }
        )

    def _id_token(self, granted: _Granted, access_token: str) -> str:
        now = int(self._now())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "azp": granted.client_id,
            "aud": granted.client_id,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            "nonce": granted.nonce,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            **granted.person.claims,
            **self.changed,
        }
        return jwt.encode(claims, self._key, "RS256", headers={"kid": _KEY_ID})


def _check_request(asked: dict[str, str]) -> None:
    if asked.get("client_id") != CLIENT_ID:
        raise Mistake("invalid_client", "the client is unknown", 401)
    address = urlsplit(asked.get("redirect_uri", ""))
    if address.hostname not in ("127.0.0.1", "localhost") and address.scheme != "https":
        raise Mistake("redirect_uri_mismatch", "browsers are sent to https or to this machine only")
    if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
        raise Mistake("invalid_request", "ask for a code and the scope openid")
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        raise Mistake("invalid_request", "PKCE is missing")


def _back(asked: dict[str, str], told: dict[str, str]) -> Reply:
    query = urlencode(told | ({"state": asked["state"]} if "state" in asked else {}))
    return Reply(302, "", {"location": f"{asked['redirect_uri']}?{query}"})


def _client(form: dict[str, str], headers: Mapping[str, str]) -> tuple[str, str]:
    given = headers.get("authorization", "")
    if given.lower().startswith("basic "):
        name, _, secret = base64.b64decode(given[6:]).decode().partition(":")
        return unquote(name), unquote(secret)
    return form.get("client_id", ""), form.get("client_secret", "")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _document(content: Any, status: int = 200) -> Reply:
    return Reply(
        status, json.dumps(content), {"content-type": "application/json", "cache-control": "no-store"}
    )
