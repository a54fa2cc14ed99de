"""The thin client signs as botocore does, and survives a connection the server closed."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from shared.platform import aws, settings


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    answer: tuple[int, dict[str, Any]] = (200, {})
    close_after = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status, document = self.answer
        raw = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
        # An idle connection closed without a word, as load balancers do.
        self.close_connection = self.close_after

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    Server.seen, Server.answer, Server.close_after = [], (200, {"ok": True}), False
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.server_port}")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    settings.forget()
    yield Server
    settings.forget()
    listening.shutdown()
    listening.server_close()


@pytest.mark.parametrize("session_token", [None, "a-session-token"])
def test_the_signature_is_the_one_botocore_makes(
    server: Any, monkeypatch: pytest.MonkeyPatch, session_token: str | None
) -> None:
    if session_token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", session_token)
    assert aws.call("dynamodb", "UpdateItem", {"TableName": "é"}) == {"ok": True}
    sent, body = server.seen[0]
    request = AWSRequest(
        "POST",
        settings.settings().aws_endpoint_url + "/",
        data=body,
        headers={"content-type": sent["content-type"], "x-amz-target": sent["x-amz-target"]},
    )
    request.context["timestamp"] = sent["x-amz-date"]
    signer = SigV4Auth(
        Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", session_token),
        "dynamodb",
        "eu-west-1",
    )
    request.headers["X-Amz-Date"] = sent["x-amz-date"]
    if session_token:
        request.headers["X-Amz-Security-Token"] = session_token
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert sent["authorization"].endswith(f"Signature={signature}")
    assert abs(datetime.now(UTC) - datetime.strptime(sent["x-amz-date"], "%Y%m%dT%H%M%S%z")).days == 0


def test_a_connection_that_was_closed_meanwhile_is_opened_again(server: Any) -> None:
    server.close_after = True
    for _ in range(3):
        assert aws.call("sqs", "SendMessage", {}) == {"ok": True}
    assert len(server.seen) == 3


def test_an_error_keeps_its_code_and_status(server: Any) -> None:
    server.answer = (
        400,
        {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow down"},
    )
    with pytest.raises(aws.AwsError, match="ThrottlingException: slow down") as caught:
        aws.call("dynamodb", "UpdateItem", {})
    assert (caught.value.code, caught.value.status) == ("ThrottlingException", 400)
