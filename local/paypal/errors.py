"""PayPal's error objects: https://developer.paypal.com/api/rest/responses/#failed-requests."""

import secrets
from typing import Any

# By status: the name and the message that the specification fixes.
_NAMES = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: ("AUTHENTICATION_FAILURE", "Authentication failed due to missing authorization header, or invalid authentication credentials."),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    409: ("RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."),
    422: ("UNPROCESSABLE_ENTITY", "The requested action could not be performed, semantically incorrect, or failed business validation."),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error occurred."),
}  # fmt: skip


class ApiError(Exception):
    """An answer that is an error; `issue` is PayPal's most precise code."""

    def __init__(self, status: int, issue: str | None = None, description: str = "", **more: Any) -> None:
        super().__init__(issue or str(status))
        name, message = _NAMES[status]
        self.status, self.issue = status, issue
        details = [{"issue": issue, "description": description}] if issue else []
        self.body: dict[str, Any] = {
            "name": name,
            "message": message,
            "debug_id": secrets.token_hex(7),
            "details": details,
            **more,
        }


def no_such() -> ApiError:
    """An id that names nothing here, or nothing any more."""
    return ApiError(
        404,
        "INVALID_RESOURCE_ID",
        "Specified resource ID does not exist. Please check the resource ID and try again.",
    )


def unprocessable(issue: str, description: str) -> ApiError:
    """A request that is well-formed and cannot be done."""
    return ApiError(422, issue, description)
