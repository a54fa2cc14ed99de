"""`python -m local.cost`: what a month costs at 0, 10 k, 1 M and 100 M requests, as docs/cost.md tells it.

Every number that is not arithmetic stands here with its source. Prices: eu-west-1, on demand, US dollars, without free tiers and
taxes, list prices of AWS's pricing pages as known on 20 November 2026. Durations: `make bench` (docs/performance.md), see _DURATIONS.
"""

from dataclasses import dataclass

VOLUMES = (0, 10_000, 1_000_000, 100_000_000)
_HOURS = 730
_MILLION = 1_000_000

# https://aws.amazon.com/lambda/pricing (arm64), /api-gateway, /eventbridge, /sqs, /dynamodb, /cloudwatch, /kms, /secrets-manager, /ses
_GB_SECOND = 0.0000133334
_INVOCATION = 0.20 / _MILLION
_HTTP_REQUEST = 1.11 / _MILLION
_EVENT = 1.00 / _MILLION
_SCHEDULED = 1.00 / _MILLION
_QUEUE_CALL = 0.40 / _MILLION
_TABLE_WRITE = 0.705 / _MILLION
_LOG_GB = 0.57
_ALARM, _METRIC, _KEY, _SECRET = 0.10, 0.30, 1.00, 0.40
_MAIL = 0.10 / 1000
_TRAFFIC_OUT_GB = 0.09
# https://aws.amazon.com/rds/aurora/pricing, /rds/proxy/pricing, /vpc/pricing, /cloudfront/pricing (Europe)
_ACU_HOUR, _STORAGE_GB, _IO = 0.14, 0.11, 0.22 / _MILLION
_PROXY_ACU_HOUR, _PROXY_LEAST_ACU = 0.018, 8
_NAT_HOUR, _NAT_GB, _ADDRESS_HOUR = 0.048, 0.048, 0.005
_CDN_REQUEST, _CDN_GB, _CDN_FUNCTION = 0.012 / 10_000, 0.085, 0.10 / _MILLION

# Lambda gives a function of 1,769 MB one processor; ours have a share of it.
_ENDPOINT_GB, _WORKER_GB = 1.0, 0.5
_SHARE = {_ENDPOINT_GB: 1024 / 1769, _WORKER_GB: 512 / 1769}
# A round trip to a database in the same region, through a proxy; AWS's own services; Stripe.
_ROUND_TRIP_MS, _AWS_CALL_MS, _STRIPE_MS = 1.0, 5.0, 400.0
_COLD_CPU_MS, _COLD_CONNECT_MS = 320.0, 80.0


@dataclass(frozen=True)
class Kind:
    """A kind of request: how many of a thousand, CPU ms, round trips to the database that are waited for, calls of AWS and Stripe, KB answered."""

    of_thousand: int
    cpu_ms: float
    round_trips: float
    aws_calls: float = 0.0
    stripe_calls: float = 0.0
    kilobytes: float = 2.0

    @property
    def milliseconds(self) -> float:
        """What Lambda bills for one when warm."""
        waits = (
            self.round_trips * _ROUND_TRIP_MS + self.aws_calls * _AWS_CALL_MS + self.stripe_calls * _STRIPE_MS
        )
        return self.cpu_ms / _SHARE[_ENDPOINT_GB] + waits


# A shop in which one request in a hundred buys. CPU: `make bench --only warm`, 20 November 2026, before statements shared
# round trips and on a machine at half its speed, which errs on the safe side.
KINDS = {
    "product list": Kind(600, 0.34, 1, kilobytes=18),
    "product detail": Kind(280, 0.54, 2, kilobytes=4),
    "cart created": Kind(30, 1.02, 1, 0.01),
    "item added": Kind(50, 1.78, 5, 0.01),
    "shipping options": Kind(20, 1.28, 4, 0.01),
    "checkout": Kind(10, 5.98, 11, 1.06, 1.06),
    "Stripe's webhook": Kind(10, 1.5, 2, 1.0),
}
# Of an order: events told, each consumed by one consumer; the relay's wake-ups; mails.
_EVENTS_AN_ORDER, _WAKES_AN_ORDER, _MAILS_AN_ORDER = 6, 4, 1
_CONSUMER_MS, _RELAY_MS = 20.0, 30.0
_ORDERS_OF_THOUSAND = KINDS["checkout"].of_thousand
# Requests that meet no warm function: few requests over many functions hardly ever do.
_COLD = {0: 0.0, 10_000: 0.9, 1_000_000: 0.02, 100_000_000: 0.003}

# Six jobs a minute and one every five, as there are now; a look at the database, or at the timers only.
_JOB_RUNS = _HOURS * 60 * 6 + _HOURS * 12
_JOB_MS, _RESTING_JOB_MS = 25.0, 8.0
_LOG_BYTES = 2_000

# Alarms: one a context, two a consumer's context, one a queue, ten of the whole. Metrics are paid by the hours in which they say something.
_KEYS, _SECRETS, _ALARMS, _METRICS = 2, 6, 40, 3

# Aurora: capacity on average and data, by volume; a paused one wakes for a visitor's hours and for ten minutes an hour.
_ACU = {0: 0.5, 10_000: 0.5, 1_000_000: 0.6, 100_000_000: 3.0}
_RESTING_HOURS = {0: _HOURS / 6, 10_000: _HOURS * 0.6, 1_000_000: _HOURS, 100_000_000: _HOURS}
_DATA_GB = {0: 1, 10_000: 1, 1_000_000: 10, 100_000_000: 400}
_IO_AN_ORDER = 150


def of_functions(requests: int, *, rests: bool) -> dict[str, float]:
    """Dollars of everything but the database, by what is paid for."""
    warm = sum(kind.of_thousand * kind.milliseconds for kind in KINDS.values()) / 1000
    cold = _COLD[requests] * (_COLD_CPU_MS / _SHARE[_ENDPOINT_GB] + _COLD_CONNECT_MS)
    orders = requests * _ORDERS_OF_THOUSAND / 1000
    events, wakes = orders * _EVENTS_AN_ORDER, orders * _WAKES_AN_ORDER
    behind = events * _CONSUMER_MS + wakes * _RELAY_MS + _JOB_RUNS * (_RESTING_JOB_MS if rests else _JOB_MS)
    invocations = requests + events + wakes + _JOB_RUNS
    out = requests * sum(kind.of_thousand * kind.kilobytes for kind in KINDS.values()) / 1000 / 1e6
    return {
        "requests (HTTP API)": requests * _HTTP_REQUEST,
        "functions": invocations * _INVOCATION
        + (requests * (warm + cold) * _ENDPOINT_GB + behind * _WORKER_GB) / 1000 * _GB_SECOND,
        "events, queues, schedules": events * (_EVENT + 3 * _QUEUE_CALL)
        + wakes * 3 * _QUEUE_CALL
        + _JOB_RUNS * _SCHEDULED,
        # Pollers ask each queue all the time, which Lambda does not charge and SQS does.
        "polling of queues": 8 * _HOURS * 60 * 15 * _QUEUE_CALL,
        "limits (DynamoDB)": requests * 0.05 * _TABLE_WRITE,
        "logs": invocations * _LOG_BYTES / 1e9 * _LOG_GB,
        "traffic out": out * _TRAFFIC_OUT_GB,
        "mails": orders * _MAILS_AN_ORDER * _MAIL,
        "keys, secrets, alarms, metrics": _KEYS * _KEY
        + _SECRETS * _SECRET
        + _ALARMS * _ALARM
        + _METRICS * _METRIC,
    }


def of_aurora(requests: int, *, rests: bool) -> dict[str, float]:
    """Dollars of an Aurora of its own in its own network."""
    orders = requests * _ORDERS_OF_THOUSAND / 1000
    hours = _RESTING_HOURS[requests] if rests else _HOURS
    parts = {
        "capacity": _ACU[requests] * hours * _ACU_HOUR,
        "storage and I/O": _DATA_GB[requests] * _STORAGE_GB + orders * _IO_AN_ORDER * _IO,
        "NAT and its address": _HOURS * (_NAT_HOUR + _ADDRESS_HOUR) + requests * 2e-6 * _NAT_GB,
    }
    return parts if rests else parts | {"RDS Proxy": _PROXY_LEAST_ACU * _PROXY_ACU_HOUR * _HOURS}


def of_cdn(requests: int) -> float:
    """Dollars that the CDN adds, its compressed traffic instead of the gateway's included."""
    gigabytes = requests * sum(kind.of_thousand * kind.kilobytes for kind in KINDS.values()) / 1000 / 1e6
    return requests * (_CDN_REQUEST + _CDN_FUNCTION) + gigabytes / 5 * _CDN_GB - gigabytes * _TRAFFIC_OUT_GB


def tables() -> str:
    """The tables of docs/cost.md."""
    resting = {volume: of_functions(volume, rests=True) for volume in VOLUMES}
    awake = {volume: of_functions(volume, rests=False) for volume in VOLUMES}
    pausing = {volume: of_aurora(volume, rests=True) for volume in VOLUMES}
    serving = {volume: of_aurora(volume, rests=False) for volume in VOLUMES}
    rows = [_row("**Functions and what is between them**", [None] * len(VOLUMES))]
    rows += [_row(name, [awake[volume][name] for volume in VOLUMES]) for name in awake[0]]
    rows += [
        _row(
            "*sum: with a PostgreSQL elsewhere, its own price added*",
            [sum(awake[volume].values()) for volume in VOLUMES],
        )
    ]
    rows += [_row("*the same, jobs resting*", [sum(resting[volume].values()) for volume in VOLUMES])]
    rows += [_row("**An Aurora that pauses**", [None] * len(VOLUMES))]
    rows += [_row(name, [pausing[volume][name] for volume in VOLUMES]) for name in pausing[0]]
    rows += [
        _row(
            "*sum, with functions*",
            [sum((*resting[volume].values(), *pausing[volume].values())) for volume in VOLUMES],
        )
    ]
    rows += [_row("**An Aurora that does not, behind RDS Proxy**", [None] * len(VOLUMES))]
    rows += [_row(name, [serving[volume][name] for volume in VOLUMES]) for name in serving[0]]
    rows += [
        _row(
            "*sum, with functions*",
            [sum((*awake[volume].values(), *serving[volume].values())) for volume in VOLUMES],
        )
    ]
    rows += [_row("the CDN adds, when it keeps nothing", [of_cdn(volume) for volume in VOLUMES])]
    head = "| dollars a month | " + " | ".join(["0 requests", "10 k", "1 M", "100 M"]) + " |"
    durations = [
        f"| {name} | {kind.of_thousand} | {kind.cpu_ms:.2f} | {kind.round_trips:.0f} | {kind.milliseconds:.0f} |"
        for name, kind in KINDS.items()
    ]
    told = [
        "| request | of 1,000 | CPU ms | round trips | ms billed, warm |",
        "|---|--:|--:|--:|--:|",
        *durations,
    ]
    return "\n".join([head, "|---|--:|--:|--:|--:|", *rows, "", *told])


def _row(name: str, values: list[float | None]) -> str:
    return f"| {name} | " + " | ".join("" if value is None else f"{value:,.2f}" for value in values) + " |"


if __name__ == "__main__":
    print(tables())
