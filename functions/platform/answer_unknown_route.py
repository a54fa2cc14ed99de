"""ANY $default — no route of ours: a problem like every other answer, not the gateway's own."""

from shared.kernel.refusals import NotFound
from shared.platform.doors.bare import bare
from shared.platform.http import HttpRequest, HttpResponse


class RouteNotFound(NotFound):
    """There is no such address, or not with this method."""


def answer_unknown_route(request: HttpRequest) -> HttpResponse:
    raise RouteNotFound


handler = bare("ANY", "$default", answer_unknown_route, refuses=[RouteNotFound])
