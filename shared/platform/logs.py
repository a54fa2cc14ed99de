"""Structured logs: one JSON object a line, every line with the correlation id of the request that started it all."""

from aws_lambda_powertools.logging import Logger

log = Logger(
    service="comptoir", utc=True, log_record_order=["level", "message", "function", "correlation_id"]
)


def about(function: str, correlation_id: str, request_id: str = "", brand: str = "") -> None:
    """From here on, every line says which function, which chain of events, which request and which brand."""
    log.append_keys(function=function, correlation_id=correlation_id, request_id=request_id, brand=brand)
