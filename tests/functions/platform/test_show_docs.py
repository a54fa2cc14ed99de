"""GET /v1/docs"""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from functions.platform import show_docs
from tests.gateway import Answer, call

_OPENAPI = Path(show_docs.__file__).with_name("openapi.json")


@pytest.fixture(scope="module")
def page() -> Answer:
    return call(show_docs.handler, "GET", "/v1/docs", headers={"host": "localhost"})


def test_every_operation_and_every_schema_is_on_the_page(page: Answer) -> None:
    document = json.loads(_OPENAPI.read_text())
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    for path in document["paths"].values():
        for operation in path.values():
            assert f'<details id="{operation["operationId"]}">' in page.body
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page.body


def test_every_link_within_the_page_leads_somewhere(page: Answer) -> None:
    targets = set(re.findall(r'id="([^"]+)"', page.body))
    assert set(re.findall(r'href="#([^"]+)"', page.body)) <= targets


def test_the_policy_allows_nothing_but_the_pages_own_style(page: Answer) -> None:
    style = re.findall(r"<style>(.*?)</style>", page.body, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "<script" not in page.body
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//|\sstyle=|\son\w+=""", page.body)


def test_text_of_the_code_is_escaped() -> None:
    assert show_docs._prose("a <b> & `c<d>`") == "a &lt;b&gt; &amp; <code>c&lt;d&gt;</code>"
