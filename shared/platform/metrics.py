"""Business and technical metrics in CloudWatch's embedded metric format: log lines that CloudWatch counts."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.metrics import Metrics

_metrics: "Metrics | None" = None


def count(name: str, value: float = 1) -> None:
    """Add `value` to the metric `name`; written when the door flushes."""
    global _metrics
    # Imported here: most functions never count anything.
    from aws_lambda_powertools.metrics import Metrics, MetricUnit

    if _metrics is None:
        _metrics = Metrics(namespace="Comptoir", service="comptoir")
    _metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def flush(function: str) -> None:
    """Write what was counted, by function; nothing when nothing was."""
    if _metrics is not None and _metrics.metric_set:
        _metrics.add_dimension(name="function", value=function)
        _metrics.flush_metrics()
