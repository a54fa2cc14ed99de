"""The domain library."""

import os

# pydantic would look for plugins in the metadata of every installed package, at the first model of every cold start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    from shared.kernel.put_off import put_off

    put_off()
