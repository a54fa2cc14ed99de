"""Amazon SES v2: hands one mail over, and says what is known of the outcome.

SES has no idempotency key and cannot be asked whether it took a mail, so its client never repeats a call by itself, and an
answer that was not seen is `unknown`. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from shared.notifications.addresses import one_line
from shared.notifications.sending import SendOutcome
from shared.platform.settings import settings

_CONNECT_SECONDS = 3
_READ_SECONDS = 10
# A connection that idled longer may be closed on SES's side, and a mail written into it would be of unknown outcome.
_TRUST_IDLE_SECONDS = 5
_LONGEST_REASON = 500

# Refused for now: SES says that it did not take the mail, and the same mail may pass later.
_PASSING = frozenset(
    {
        "TooManyRequestsException",
        "LimitExceededException",
        "SendingPausedException",
        "Throttling",
        "ThrottlingException",
        "RequestThrottled",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ExpiredTokenException",
        "ExpiredToken",
        "RequestExpired",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "AccessDeniedException",
    }
)


@dataclass(frozen=True, slots=True)
class Message:
    """A mail as SES takes it; addresses are already `mailable`. `tags` name it in SES's own events: [A-Za-z0-9_-] only."""

    sender: str
    recipient: str
    subject: str
    html: str
    text: str
    reply_to: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def hand_over(message: Message) -> SendOutcome:
    """Send `message` once. Never raises for what the provider or the network does."""
    from botocore import exceptions as failed

    try:
        client = _client()
    except failed.BotoCoreError as error:
        # Nothing has left us yet.
        return _outcome("deferred", error)
    try:
        answer = client.send_email(**_request(message))
    except failed.ClientError as error:
        return _refused(error.response)
    except (
        failed.EndpointConnectionError,
        failed.ConnectTimeoutError,
        failed.ProxyConnectionError,
        failed.NoCredentialsError,
        failed.CredentialRetrievalError,
    ) as error:
        # The request never left us.
        return _outcome("deferred", error)
    except failed.ParamValidationError as error:
        return _outcome("failed", error)
    except failed.BotoCoreError as error:
        return _outcome("unknown", error)
    return SendOutcome(result="sent", provider_message_id=answer["MessageId"])


def _refused(response: Any) -> SendOutcome:
    code = str(response["Error"].get("Code", ""))
    status = int(response["ResponseMetadata"].get("HTTPStatusCode", 0))
    reason = one_line(f"{code}: {response['Error'].get('Message', '')}")[:_LONGEST_REASON]
    if code in _PASSING or status in (429, 503):
        return SendOutcome(result="deferred", reason=reason)
    # Any other 5xx is the answer of a machine that does not know what it has done.
    return SendOutcome(result="unknown" if status >= 500 else "failed", reason=reason)


def _outcome(result: Any, error: Exception) -> SendOutcome:
    return SendOutcome(result=result, reason=one_line(f"{type(error).__name__}: {error}")[:_LONGEST_REASON])


def _request(message: Message) -> dict[str, Any]:
    request: dict[str, Any] = {
        "FromEmailAddress": message.sender,
        "Destination": {"ToAddresses": [message.recipient]},
        "Content": {
            "Simple": {
                "Subject": _utf8(one_line(message.subject)),
                "Body": {"Html": _utf8(message.html), "Text": _utf8(message.text)},
                "Headers": [
                    {"Name": name, "Value": one_line(value)} for name, value in message.headers.items()
                ],
            }
        },
        "EmailTags": [{"Name": name, "Value": value} for name, value in message.tags.items()],
    }
    if message.reply_to:
        request["ReplyToAddresses"] = [message.reply_to]
    return request


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


_last_used = 0.0


def _client() -> Any:
    global _last_used
    client, moment = _warm_client(), time.monotonic()
    if moment - _last_used > _TRUST_IDLE_SECONDS:
        client.close()
    _last_used = moment
    return client


@cache
def _warm_client() -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sesv2",
        region_name=settings().aws_region,
        config=Config(
            retries={"total_max_attempts": 1},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
        ),
    )
