"""What the templates describe, as plain values: functions, queues, rules, schedules, tables and buckets."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda. `module` is importable from the checkout, `attribute` its handler; times in seconds, memory in MB."""

    name: str
    module: str
    attribute: str
    timeout: int
    memory: int
    environment: dict[str, str]

    @property
    def file_name(self) -> str:
        """The file's name without its ending: also the name of a job."""
        return self.module.rpartition(".")[2]

    @property
    def consumer_name(self) -> str:
        """What the inbox calls it: its context and its file."""
        return "/".join(self.module.split(".")[-2:])


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue; `attributes` are SQS's own, as strings."""

    name: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class EventSource:
    """An SQS queue that invokes a function with batches."""

    function: str
    queue: str
    batch_size: int = 10
    reports_failures: bool = False
    maximum_concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """An EventBridge rule; `targets` are PutTargets entries."""

    name: str
    bus: str
    pattern: dict[str, Any]
    targets: list[dict[str, Any]]

    @property
    def detail_types(self) -> list[str]:
        """The detail-types that the pattern names literally."""
        return [kind for kind in self.pattern.get("detail-type", ()) if isinstance(kind, str)]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule that invokes a function with `payload` (None: what EventBridge Scheduler sends by itself)."""

    name: str
    function: str
    expression: str
    timezone: str = "UTC"
    payload: Any = None


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table: CreateTable's own properties, and the attribute that expires rows."""

    name: str
    properties: dict[str, Any]
    expires_by: str | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3 bucket; `tells` whether EventBridge hears of what is put into it."""

    name: str
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Listener:
    """A consumer and an event type it listens to, in these versions (None: in all)."""

    type: str
    versions: list[int] | None
    consumer: str


@dataclass
class System:
    """Everything that the root template and its nested stacks describe."""

    functions: dict[str, Function] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    sources: list[EventSource] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    buckets: list[Bucket] = field(default_factory=list)
    buses: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)

    def job(self, name: str) -> Function | None:
        """The scheduled function of this file name."""
        scheduled = {schedule.function for schedule in self.schedules}
        return next(
            (self.functions[known] for known in scheduled if self.functions[known].file_name == name),
            None,
        )

    def background(self) -> set[str]:
        """The functions that queues and schedules invoke."""
        return {source.function for source in self.sources} | {
            schedule.function for schedule in self.schedules
        }

    def listeners(self) -> list[Listener]:
        """Who waits for which event: every function that a rule's queue feeds."""
        fed = {source.queue: source.function for source in self.sources}
        found = []
        for rule in self.rules:
            versions = (rule.pattern.get("detail") or {}).get("version")
            for target in rule.targets:
                function = fed.get(str(target["Arn"]).rpartition(":")[2])
                if function:
                    consumer = self.functions[function].consumer_name
                    found += [Listener(kind, versions, consumer) for kind in rule.detail_types]
        return found
