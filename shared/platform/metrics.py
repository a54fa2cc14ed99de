"""Business and technical metrics in CloudWatch's embedded metric format: log lines that CloudWatch counts."""

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

_metrics = Metrics(namespace="Comptoir", service="comptoir")


def count(name: str, value: float = 1, unit: MetricUnit = MetricUnit.Count) -> None:
    """Add `value` to the metric `name`; written when the door flushes."""
    _metrics.add_metric(name=name, unit=unit, value=value)


def flush(function: str) -> None:
    """Write what was counted, by function; nothing when nothing was."""
    if _metrics.metric_set:
        _metrics.add_dimension(name="function", value=function)
        _metrics.flush_metrics()
