"""GET /v1/docs — the API's documentation as one self-contained page."""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from shared.platform.doors.pages import pages

_HERE = Path(__file__).parent
_METHODS = ("get", "post", "put", "patch", "delete")


def _reference(schema: dict[str, object]) -> str:
    """The name of the schema that a `$ref` points at."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _prose(text: str) -> Markup:
    """Text with `code` in backticks, safely as HTML."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


@cache
def _page() -> tuple[str, str]:
    """The page and its Content-Security-Policy, which allows its own style sheet and nothing else."""
    document = json.loads((_HERE / "openapi.json").read_text())
    style = (_HERE / "show_docs.css").read_text()
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"reference": _reference, "prose": _prose}
    page = environment.get_template("show_docs.html").render(api=document, methods=_METHODS, style=style)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return page, policy


def show_docs(request: Request) -> HTMLResponse:
    page, policy = _page()
    return HTMLResponse(
        page, headers={"content-security-policy": policy, "cache-control": "public, max-age=300"}
    )


handler = pages("GET", "/v1/docs", Starlette(routes=[Route("/v1/docs", show_docs)]))
