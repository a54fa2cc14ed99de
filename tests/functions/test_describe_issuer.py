"""GET /.well-known/openid-configuration."""

import pytest

from functions.identity.describe_issuer import handler
from shared.platform import settings
from shared.platform.brands import Brand
from tests.accounts import headers
from tests.gateway import call


def test_it_says_where_issuer_and_keys_are(brand: Brand, issuer: str) -> None:
    answer = call(handler, "GET", "/.well-known/openid-configuration", headers=headers(brand))
    assert answer.status == 200
    assert answer.body["issuer"] == issuer
    assert answer.body["jwks_uri"] == f"{issuer}/.well-known/jwks.json"
    assert answer.body["id_token_signing_alg_values_supported"] == ["RS256"]


def test_a_slash_at_the_end_of_the_address_makes_no_other_issuer(
    brand: Brand, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", issuer + "/")
    settings.forget()
    answer = call(handler, "GET", "/.well-known/openid-configuration", headers=headers(brand))
    assert answer.body["issuer"] == issuer
