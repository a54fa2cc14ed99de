"""GET /v1/openapi.json — the OpenAPI 3.1 document of all endpoints."""

from pathlib import Path

from shared.platform.doors import Public
from shared.platform.doors.bare import bare
from shared.platform.http import HttpRequest, HttpResponse

# Generated beside this file, for the package holds no other context's code.
_DOCUMENT = Path(__file__).with_name("openapi.json")


def get_openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(200, _DOCUMENT.read_text(), {"content-type": "application/json"})


handler = bare("GET", "/v1/openapi.json", get_openapi, cache=Public(max_age=300, stale=3600))
