"""The context object that Lambda passes to a handler.

https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
"""

import time


class LambdaContext:
    """What a handler may ask about its invocation; `deadline` in seconds since the epoch."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(
        self, function_name: str, request_id: str, memory: int, region: str, deadline: float
    ) -> None:
        self.function_name = function_name
        self.aws_request_id = request_id
        self.memory_limit_in_mb = str(memory)
        self.invoked_function_arn = f"arn:aws:lambda:{region}:000000000000:function:{function_name}:live"
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.log_stream_name = "local"
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, int((self._deadline - time.time()) * 1000))
