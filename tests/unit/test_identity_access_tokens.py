"""Access tokens: only what we signed, for this purpose, is read."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from shared.identity.access_tokens import (
    ALGORITHM,
    AUDIENCE,
    LIFETIME,
    Claims,
    TokenInvalid,
    issue,
    key_id,
    read,
)
from shared.kernel.rs256 import PublicKey

ISSUER = "https://comptoir.example"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = PublicKey(*(getattr(KEY.public_key().public_numbers(), name) for name in ("n", "e")))
ANOTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLAIMS = Claims(uuid4(), uuid4(), uuid4(), ("support",), NOW + LIFETIME)


def token(key: rsa.RSAPrivateKey = KEY, **changed: Any) -> str:
    return issue(key=key, kid="k1", issuer=ISSUER, claims=replace(CLAIMS, **changed), now=NOW)


def forged(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def told() -> dict[str, Any]:
    payload: dict[str, Any] = jwt.decode(token(), options={"verify_signature": False})
    return payload


def signed(payload: dict[str, Any], key: rsa.RSAPrivateKey = KEY, **header: Any) -> str:
    header = {"kid": "k1", "typ": "at+jwt", **header}
    return jwt.PyJWS().encode(json.dumps(payload).encode(), key, header.pop("alg", ALGORITHM), headers=header)


def admitted(attempt: str) -> Claims:
    key_id(attempt)
    return read(attempt, key=PUBLIC, issuer=ISSUER)


def refused(attempt: str) -> None:
    with pytest.raises(TokenInvalid):
        admitted(attempt)


def test_what_was_issued_is_read_back() -> None:
    assert key_id(token()) == "k1"
    assert read(token(), key=PUBLIC, issuer=ISSUER) == CLAIMS


def test_a_token_says_what_the_gateway_and_others_need() -> None:
    assert jwt.get_unverified_header(token()) == {"alg": "RS256", "kid": "k1", "typ": "at+jwt"}
    assert told().keys() == {"iss", "aud", "sub", "brand", "session", "roles", "jti", "iat", "exp"}
    assert told()["exp"] - told()["iat"] == 15 * 60


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_signature_is_refused(algorithm: str) -> None:
    attempt = forged({"alg": algorithm, "typ": "at+jwt", "kid": "k1"}, told())
    refused(attempt)
    with pytest.raises(TokenInvalid):
        read(attempt, key=PUBLIC, issuer=ISSUER)


def test_our_public_key_is_no_hmac_secret() -> None:
    for form in (serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1):
        pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, form)
        for algorithm in ("HS256", "RS256"):
            unsigned = forged({"alg": algorithm, "typ": "at+jwt", "kid": "k1"}, told()).rpartition(".")[0]
            signature = hmac.new(pem, unsigned.encode(), hashlib.sha256).digest()
            attempt = f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
            refused(attempt)
            with pytest.raises(TokenInvalid):
                read(attempt, key=PUBLIC, issuer=ISSUER)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_another_algorithm_of_the_same_key_is_refused(algorithm: str) -> None:
    refused(signed(told(), alg=algorithm))


def test_a_key_that_came_with_the_token_is_not_looked_at() -> None:
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(ANOTHER_KEY.public_key()))
    for extra in (
        {"jwk": jwk},
        {"jku": "https://evil.example/jwks.json"},
        {"x5u": "https://evil.example/x5u"},
    ):
        refused(signed(told(), ANOTHER_KEY, **extra))


def test_another_key_of_the_same_name_is_refused() -> None:
    refused(token(ANOTHER_KEY))


@pytest.mark.parametrize("kind", ["JWT", "mfa+jwt", None, 5])
def test_a_token_of_another_purpose_is_refused(kind: Any) -> None:
    refused(signed(told(), typ=kind))


@pytest.mark.parametrize("kid", [None, "", 7, ["k1"], {"k": 1}])
def test_a_token_that_names_no_key_is_refused(kid: Any) -> None:
    refused(forged({"alg": ALGORITHM, "typ": "at+jwt", "kid": kid}, told(), b"x"))


def test_another_issuer_or_audience_is_refused() -> None:
    refused(issue(key=KEY, kid="k1", issuer="https://evil.example", claims=CLAIMS, now=NOW))
    changes: list[dict[str, Any]] = [{"aud": "another"}, {"aud": []}, {"iss": ISSUER + "/"}, {"iss": None}]
    for changed in changes:
        refused(signed({**told(), **changed}))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "brand", "session", "roles", "jti", "iat", "exp"])
def test_a_signed_token_that_lacks_a_claim_is_refused(name: str) -> None:
    rest = {key: value for key, value in told().items() if key != name}
    refused(signed(rest))


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": "nobody"},
        {"session": 12},
        {"brand": None},
        {"roles": "admin"},
        {"roles": 1},
        {"exp": "soon"},
        {"exp": 10**30},
        {"exp": -(10**30)},
    ],
)
def test_a_signed_token_whose_claims_are_of_the_wrong_kind_is_refused(changed: dict[str, Any]) -> None:
    refused(signed({**told(), **changed}))


def test_a_changed_claim_breaks_the_signature() -> None:
    header, _, signature = token().split(".")
    payload = forged({}, {**told(), "roles": ["admin"]}).split(".")[1]
    refused(f"{header}.{payload}.{signature}")


@given(st.one_of(st.text(max_size=200), st.from_regex(r"[A-Za-z0-9_\-]{0,40}(\.[A-Za-z0-9_\-]{0,40}){0,4}")))
def test_whatever_is_sent_as_a_token_is_refused_calmly(text: str) -> None:
    refused(text)


@given(st.binary(max_size=60), st.integers(0, 2))
def test_no_broken_part_is_more_than_a_refusal(part: bytes, position: int) -> None:
    parts = token().split(".")
    parts[position] = base64.urlsafe_b64encode(part).decode()
    refused(".".join(parts))


def test_an_enormous_token_is_refused_unread() -> None:
    refused("a" * 1_000_000)
    refused(forged({"alg": ALGORITHM, "typ": "at+jwt", "kid": "k1", "x": "[" * 100_000}, {}))


def test_a_token_is_read_after_its_end_too_since_the_one_clock_decides() -> None:
    ended = token(expires_at=NOW - timedelta(days=400))
    assert read(ended, key=PUBLIC, issuer=ISSUER).expires_at == NOW - timedelta(days=400)


def test_ids_are_uuids() -> None:
    assert isinstance(read(token(), key=PUBLIC, issuer=ISSUER).user_id, UUID)
    assert told()["aud"] == AUDIENCE
