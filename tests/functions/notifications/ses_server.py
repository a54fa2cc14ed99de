"""A provider on loopback that speaks SES v2's SendEmail and answers as it is told, so that the real client is tested."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class SesServer:
    """`next_answers` are (status, error code) pairs, or "hang up" after the request was read; then everything is taken."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    next_answers: list[tuple[int, str] | str] = field(default_factory=list)


@contextmanager
def ses_server() -> Iterator[SesServer]:
    """Serve until the end of the block."""
    ses = SesServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path != "/v2/email/outbound-emails":
                self._answer(200, "", {})
                return
            ses.asked += 1
            answer = ses.next_answers.pop(0) if ses.next_answers else (200, "")
            if isinstance(answer, str):
                ses.taken.append(json.loads(body))
                self.close_connection = True
                return
            status, code = answer
            if status == 200:
                ses.taken.append(json.loads(body))
                content = {"MessageId": f"ses-{len(ses.taken)}"}
            else:
                content = {"message": f"said {code}"}
            self._answer(status, code, content)

        def _answer(self, status: int, code: str, content: dict[str, Any]) -> None:
            payload = json.dumps(content).encode()
            self.send_response(status)
            if code:
                self.send_header("x-amzn-errortype", code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ses.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield ses
    finally:
        server.shutdown()
        server.server_close()
