"""GET /v1/privacy-downloads/{token}."""

from urllib.parse import urlsplit

import pytest

from functions.identity.ask_privacy_request import handler as ask
from functions.identity.download_privacy_file import handler
from functions.identity.process_privacy_requests import handler as process
from shared.notifications.sealing import read_variables
from shared.notifications.templates.data_export_ready.variables import DataExportReadyV1
from shared.platform.brands import Brand
from shared.platform.settings import forget
from tests.gateway import Answer, call
from tests.people import Person, rows
from tests.privacy import Carrier
from tests.till import Clock

pytestmark = pytest.mark.usefixtures("issuer")
PATH = "/v1/privacy-downloads/"


def mailed_link(brand: Brand, carrier: Carrier) -> str:
    """The token in the link that somebody was mailed."""
    Person.member(brand).call(ask, "POST", "/v1/me/privacy-requests", {"kind": "export"})
    process({}, None)
    carrier.carry_out()
    [mail] = rows(
        brand,
        "SELECT id, variables::text AS variables FROM notifications.mails WHERE template = 'data_export_ready'",
    )
    told = read_variables(mail.id, DataExportReadyV1, mail.variables)
    assert isinstance(told, DataExportReadyV1)
    return told.link


def token_of(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]


def follow(brand: Brand, token: str) -> Answer:
    return call(handler, "GET", PATH + token, headers={"x-brand": brand.slug}, path_params={"token": token})


def test_a_browser_that_sends_no_header_is_led_to_the_file_all_the_same(
    brand: Brand, another_brand: Brand, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEFAULT_BRAND", another_brand.slug)
    forget()
    link = urlsplit(mailed_link(brand, carrier))
    params = {"token": token_of(link.geturl())}
    assert call(handler, "GET", link.path, raw_query=link.query, path_params=params).status == 302
    assert call(handler, "GET", link.path, path_params=params).status == 404


def test_a_mailed_link_leads_to_the_file_for_seven_days(brand: Brand, carrier: Carrier, at: Clock) -> None:
    token = token_of(mailed_link(brand, carrier))
    for days in (0, 6.9):
        at.move(days=days)
        answer = follow(brand, token)
        assert answer.status == 302
        assert f"{brand.slug}-export-" in answer.headers["location"]
        assert answer.headers["cache-control"] == "no-store"
    at.move(days=0.2)
    gone = follow(brand, token)
    assert (gone.status, gone.code) == (410, "download_expired")


def test_who_downloads_is_written_down(brand: Brand, carrier: Carrier) -> None:
    follow(brand, token_of(mailed_link(brand, carrier)))
    last = rows(brand, "SELECT action, actor_type FROM platform.audit_logs ORDER BY sequence")[-1]
    assert tuple(last) == ("identity.download_privacy_file", "anonymous")


def test_a_wrong_link_opens_nothing(brand: Brand, another_brand: Brand, carrier: Carrier) -> None:
    token = token_of(mailed_link(brand, carrier))
    for where, text in ((brand, token[:-1] + "_"), (brand, "x"), (another_brand, token)):
        assert follow(where, text).code == "download_not_found"
