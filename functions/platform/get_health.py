"""GET /v1/health — is a function alive? Says nothing about what stands behind it."""

from typing import Literal

from shared.platform.doors.bare import bare
from shared.platform.http import HttpRequest
from shared.platform.models import Response


class Health(Response):
    """Alive."""

    status: Literal["ok"] = "ok"


def get_health(request: HttpRequest) -> Health:
    return Health()


handler = bare("GET", "/v1/health", get_health)
