"""Functions run in worker processes that take one event at a time, as Lambda's execution environments do."""
