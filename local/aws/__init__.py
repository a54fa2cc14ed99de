"""The AWS services that functions call, locally: ministack's data plane, and what the runner needs around it."""
