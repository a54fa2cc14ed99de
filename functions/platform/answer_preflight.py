"""OPTIONS /{proxy+} — tells a browser what a page of an allowed origin may send (CORS); the brand decides, so the gateway cannot."""

from shared.platform.doors import endpoint
from shared.platform.http import HttpRequest, HttpResponse

_METHODS = "GET, POST, PUT, PATCH, DELETE"
_HEADERS = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Brand, X-Cart-Token, X-Correlation-Id"
# Browsers cap it at two hours.
_MAX_AGE_SECONDS = 7200


def answer_preflight(request: HttpRequest, proxy: str) -> HttpResponse:
    # The door adds the origin when the brand allows it; without that header the rest permits nothing.
    return HttpResponse(
        204,
        headers={
            "access-control-allow-methods": _METHODS,
            "access-control-allow-headers": _HEADERS,
            "access-control-max-age": str(_MAX_AGE_SECONDS),
            "vary": "Origin, X-Brand",
        },
    )


handler = endpoint("OPTIONS", "/{proxy+}", answer_preflight, status=204, limit="none")
