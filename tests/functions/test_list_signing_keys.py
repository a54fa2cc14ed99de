"""GET /.well-known/jwks.json."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from psycopg import connect

from functions.identity.list_signing_keys import handler
from functions.identity.sign_out import handler as sign_out
from shared.identity import signing_keys
from shared.identity.access_tokens import AUDIENCE, LIFETIME
from shared.identity.permissions import Role
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.accounts import headers, session_of, staff_account
from tests.gateway import Answer, call

pytestmark = pytest.mark.usefixtures("issuer")


def keys(brand: Brand) -> Answer:
    return call(handler, "GET", "/.well-known/jwks.json", headers=headers(brand))


def test_a_stranger_checks_our_token_by_what_is_published(brand: Brand, issuer: str) -> None:
    token = session_of(brand, staff_account(brand, Role.ADMIN)).access_token
    answer = keys(brand)
    assert answer.status == 200
    assert "public" in answer.headers["cache-control"]
    published = jwt.PyJWKSet.from_dict(answer.body)[jwt.get_unverified_header(token)["kid"]]
    told = jwt.decode(token, published, algorithms=["RS256"], audience=AUDIENCE, issuer=issuer)
    assert told["brand"] == str(brand.id)


def test_the_private_half_is_neither_published_nor_readable(brand: Brand) -> None:
    assert keys(brand).body["keys"][0].keys() == {"kty", "kid", "use", "alg", "n", "e"}
    with begin(brand, "test") as work:
        sealed = work.value("SELECT sealed_private_key FROM identity.signing_keys")
    assert sealed.startswith("s1.")


def test_who_looks_before_the_first_sign_in_sees_the_key_that_will_sign(brand: Brand) -> None:
    before = keys(brand).body["keys"]
    token = session_of(brand, staff_account(brand, Role.ADMIN)).access_token
    assert [key["kid"] for key in before] == [jwt.get_unverified_header(token)["kid"]]


def test_all_brands_of_a_deployment_share_the_keys(brand: Brand, another_brand: Brand) -> None:
    assert keys(brand).body == keys(another_brand).body


def test_many_first_sign_ins_at_once_make_one_key(brand: Brand) -> None:
    accounts = [staff_account(brand, Role.ADMIN) for _ in range(4)]

    def first(number: int) -> None:
        try:
            session_of(brand, accounts[number])
        finally:
            close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(first, range(4)))
    assert len(keys(brand).body["keys"]) == 1


def test_a_key_made_in_a_transaction_that_fails_signs_nothing_later(brand: Brand) -> None:
    made: list[str] = []

    def fail_after_making() -> None:
        with begin(brand, "test") as work:
            made.append(signing_keys.signing_key(work)[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_making()
    with begin(brand, "test") as work:
        kept, _ = signing_keys.signing_key(work)
    assert kept not in made


def test_a_new_key_is_published_before_it_signs(brand: Brand) -> None:
    now = datetime.now(UTC)
    with begin(brand, "test", now=now) as work:
        first, _ = signing_keys.signing_key(work)
        second, _ = signing_keys.make_key(work)
        assert signing_keys.signing_key(work)[0] == first
        assert {key["kid"] for key in signing_keys.published(work)} == {first, second}
    with begin(brand, "test", now=now + timedelta(hours=3)) as work:
        third, _ = signing_keys.make_key(work)
        assert signing_keys.signing_key(work)[0] in {first, second}
        assert signing_keys.signing_key(work)[0] != third


def test_a_retired_key_is_accepted_as_long_as_its_tokens_may_live(
    brand: Brand, database: DatabaseUrls
) -> None:
    session = session_of(brand, staff_account(brand, Role.ADMIN))
    kid = jwt.get_unverified_header(session.access_token)["kid"]

    def retired(ago: timedelta) -> None:
        with connect(database.jobs, autocommit=True) as jobs:
            jobs.execute("UPDATE identity.signing_keys SET retired_at = %s", (datetime.now(UTC) - ago,))
        signing_keys.forget()

    retired(timedelta(minutes=1))
    assert kid in {key["kid"] for key in keys(brand).body["keys"]}
    assert session_of(brand, staff_account(brand, Role.ADMIN))
    assert call(sign_out, "POST", "/x", headers=headers(brand, session.access_token)).status == 204
    retired(LIFETIME + timedelta(seconds=1))
    assert kid not in {key["kid"] for key in keys(brand).body["keys"]}


def test_it_is_revalidated_by_its_etag(brand: Brand) -> None:
    first = keys(brand)
    again = call(
        handler,
        "GET",
        "/.well-known/jwks.json",
        headers=headers(brand) | {"if-none-match": first.headers["etag"]},
    )
    assert (again.status, again.body) == (304, "")
