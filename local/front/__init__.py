"""The gateway's stand-in: HTTP on one port, each request an API Gateway HTTP API event, each answer a function's."""
