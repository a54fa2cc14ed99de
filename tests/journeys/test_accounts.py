"""What an account brings, over HTTP: a buyer at Stripe, an identity check, all one's data, and being forgotten."""

import hashlib
import io
import json
import zipfile
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import pytest

from local.demo.brands import PASSWORD
from tests.journeys.local_run import LocalRun
from tests.journeys.shopper import PARIS, Shopper, Staff
from tests.journeys.visitor import Visitor


@pytest.fixture
def ada(unlimited: LocalRun) -> Visitor:
    """Somebody who has just proved their address."""
    return Visitor(unlimited).verified()


def test_who_registers_with_a_wish_is_a_customer_of_stripe_s(unlimited: LocalRun) -> None:
    visitor = Visitor(unlimited)
    names = {"first_name": "Ada", "last_name": "Byron", "accepted_terms": True}
    wish = {"subscription_tier": "ambassadeur_standard", "billing_frequency": "annual"}
    body = {"email": visitor.email, "password": PASSWORD, **names, **wish}
    answer = visitor.post("/v1/auth/register", **body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["session"].keys() >= {"access_token", "refresh_token", "expires_in"}
    unlimited.settle()
    [known] = at_stripe(unlimited, visitor.email)
    assert known["name"] == "Ada Byron"


def test_an_identity_check_is_passed_on_the_provider_s_page(ada: Visitor) -> None:
    told = ada.get("/v1/me/kyc").json()
    assert (told["level"], [each["level"] for each in told["thresholds"]]) == (None, ["light", "complete"])
    check = ada.post("/v1/me/kyc", level="light").json()
    done = {"outcome": "succeed", "first_name": "Ada", "last_name": "Byron"}
    assert httpx.post(check["url"], data=done, timeout=60).status_code < 400
    ada.run.settle()
    told = ada.get("/v1/me/kyc").json()
    assert (told["level"], told["checks"][0]["status"]) == ("light", "verified")
    assert ada.get("/v1/me").json()["entitlements"]["kyc_level"] == "light"


def test_all_one_s_data_is_mailed_as_an_archive(ada: Visitor) -> None:
    ada.post("/v1/me/addresses", **PARIS | {"line1": "12 rue des Martyrs"})
    order = bought(ada)
    assert ada.post("/v1/me/privacy-requests", kind="export").status_code == 201
    assert ada.mail("privacy_request_received")
    files = unzipped(download(ada, "data_export_ready").content)
    assert files["identity/account.json"][0]["email"] == ada.email
    assert files["identity/addresses.json"][0]["line1"] == "12 rue des Martyrs"
    assert [each["id"] for each in files["orders/orders.json"]] == [order["id"]]
    assert "argon2" not in json.dumps(files)
    [request] = ada.get("/v1/me/privacy-requests").json()["data"]
    assert request["status"] == "completed"
    assert httpx.get(request["download_url"], timeout=60).status_code == 200


def test_who_wants_to_be_forgotten_is(ada: Visitor) -> None:
    ada.post("/v1/me/addresses", **PARIS)
    staff = Staff(ada.run)
    assert [each["email"] for each in found_by(staff, ada.email)] == [ada.email]
    assert ada.post("/v1/me/privacy-requests", kind="erase").status_code == 201
    signed = json.loads(download(ada, "erasure_done").content)
    [key] = ada.run.http.get("/.well-known/openid-configuration").json()["erasure_certificate_keys"]
    said = jwt.decode(
        signed["certificate"], jwt.PyJWK.from_dict(key), algorithms=["EdDSA"], options={"verify_iat": False}
    )
    assert said == signed["says"]
    assert said["done"].keys() >= {"identity", "orders", "billing", "cart", "notifications"}
    assert not ada.is_in()
    assert ada.log_in().status_code == 401
    assert found_by(staff, ada.email) == []
    # The address is free for whoever comes back.
    assert ada.verified().get("/v1/me").json()["email_verified"] is True


def bought(visitor: Visitor) -> dict[str, Any]:
    """An order of the account's own, paid and on its way."""
    shopper = Shopper(visitor.run, email=visitor.email).filled()
    sent = shopper.headers() | visitor.headers | {"Idempotency-Key": shopper.cart["id"]}
    answer = visitor.run.http.post("/v1/store/checkout", json=shopper.wish(), headers=sent)
    assert answer.status_code == 201, answer.text
    shopper.order, shopper.payment = answer.json()["order"], answer.json()["payment"]
    assert shopper.pay().json()["status"] == "succeeded"
    visitor.run.settle()
    return shopper.order


def found_by(staff: Staff, email: str) -> list[dict[str, Any]]:
    """The customers whom staff find under an address."""
    return list(staff.get("/v1/admin/customers", q=email).json()["data"])


def download(visitor: Visitor, template: str) -> httpx.Response:
    """The file behind the mailed link, as a browser follows it."""
    visitor.run.run_job("process_privacy_requests")
    links = visitor.mail(template)["links"]
    [link] = {each for each in links if "/v1/privacy-downloads/" in each}
    assert urlsplit(link).query == "brand=demo"
    found = httpx.get(link, follow_redirects=True, timeout=60)
    assert found.status_code == 200, found.text
    assert "attachment" in found.headers["content-disposition"]
    return found


def unzipped(content: bytes) -> dict[str, Any]:
    """An archive's JSON files, their digests compared with the manifest."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for each in json.loads(files["manifest.json"])["files"]:
        assert hashlib.sha256(files[each["name"]]).hexdigest() == each["sha256"]
    return {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}


def at_stripe(run: LocalRun, email: str) -> list[dict[str, Any]]:
    """The customers that the local Stripe has under an address."""
    answer = run.http.get(
        "/_local/stripe/v1/customers",
        params={"email": email},
        headers={"Authorization": "Bearer sk_test_local"},
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])
