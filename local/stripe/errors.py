"""Stripe's error objects: https://docs.stripe.com/api/errors."""

from typing import Any

_DOCS = "https://stripe.com/docs/error-codes"


class ApiError(Exception):
    """An answer that is an error. `fields` are Stripe's own names beside `type` and `message`."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error", **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {"message": message, "type": kind, **fields}
        code = fields.get("code")
        if code is not None:
            self.error["doc_url"] = f"{_DOCS}/{str(code).replace('_', '-')}"


def unknown_parameter(param: str) -> ApiError:
    """A parameter that the operation does not have."""
    return ApiError(400, f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def missing_parameter(param: str) -> ApiError:
    """A required parameter that was not sent."""
    return ApiError(400, f"Missing required param: {param}.", code="parameter_missing", param=param)


def invalid(message: str, param: str, code: str | None = None) -> ApiError:
    """A parameter whose value cannot be accepted."""
    return ApiError(400, message, param=param, **({"code": code} if code else {}))


def no_such(kind: str, given: str, param: str = "id") -> ApiError:
    """An id that names nothing: 404 when it stands in the path, 400 elsewhere in Stripe's own answers."""
    return ApiError(404, f"No such {kind}: '{given}'", code="resource_missing", param=param)


def unrecognised(method: str, path: str) -> ApiError:
    """A URL that is not Stripe's, or not played here."""
    return ApiError(
        404,
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at"
        " https://support.stripe.com/.",
    )


def no_key() -> ApiError:
    """No API key was sent."""
    return ApiError(
        401,
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer"
        " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    )


def wrong_key(given: str) -> ApiError:
    """The API key is not one of this account."""
    shown = given[:8] + "*" * max(0, len(given) - 12) + given[-4:]
    return ApiError(401, f"Invalid API Key provided: {shown}")


def secret_key_required() -> ApiError:
    """A browser's key was used for something only the server may do."""
    return ApiError(
        401,
        "This API call cannot be made with a publishable API key. Please use a secret API key.",
        code="secret_key_required",
    )


def key_in_use(key: str) -> ApiError:
    """A twin of this request is still being worked on."""
    return ApiError(
        409,
        "There is currently another in-progress request using this Stripe-Idempotency-Key (that probably means you"
        f" submitted twice, and the other request is still going through): {key}. If it's been less than the request"
        " timeout, wait for the other request to finish.",
        "idempotency_error",
        code="idempotency_key_in_use",
    )


def key_reused(key: str) -> ApiError:
    """An idempotency key came back with other parameters."""
    return ApiError(
        400,
        "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using"
        f" a key other than '{key}' if you meant to execute a different request.",
        "idempotency_error",
    )


def internal() -> ApiError:
    """Stripe's own failure."""
    return ApiError(500, "An unknown error occurred", "api_error")
