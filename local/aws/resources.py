"""Makes in the local AWS services what the templates describe: queues, buses, rules, tables, buckets, topics."""

import json
from typing import Any

from local.aws.client import Aws, AwsFailed, credential
from local.templates.system import Bucket, Queue, Rule, System, Table

_TELLS_EVENTBRIDGE = b"<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>"


async def create(aws: Aws, system: System) -> None:
    """Create everything; what exists already stays. Raises AwsFailed."""
    for queue in sorted(system.queues.values(), key=lambda queue: "RedrivePolicy" in queue.attributes):
        await _queue(aws, queue)
    for bus in system.buses:
        await _unless_there(aws, "events", "CreateEventBus", {"Name": bus})
    for rule in system.rules:
        await _rule(aws, rule)
    for table in system.tables.values():
        await _table(aws, table)
    for bucket in system.buckets:
        await _bucket(aws, bucket)
    for topic in system.topics:
        form = f"Action=CreateTopic&Name={topic}".encode()
        headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", credential("sns")),
        ]
        await aws.http.request("POST", "/", headers, form)


async def _bucket(aws: Aws, bucket: Bucket) -> None:
    signed = [("authorization", credential("s3"))]
    made = await aws.http.request("PUT", f"/{bucket.name}", signed)
    if made.status not in (200, 409):
        raise AwsFailed(f"CreateBucket {bucket.name}", made.status, made.body)
    if bucket.tells:
        told = await aws.http.request("PUT", f"/{bucket.name}?notification", signed, _TELLS_EVENTBRIDGE)
        if told.status != 200:
            raise AwsFailed(f"PutBucketNotificationConfiguration {bucket.name}", told.status, told.body)


async def _queue(aws: Aws, queue: Queue) -> None:
    await aws.call("sqs", "CreateQueue", {"QueueName": queue.name, "Attributes": queue.attributes})


async def _rule(aws: Aws, rule: Rule) -> None:
    named = {"Name": rule.name, "EventBusName": rule.bus, "EventPattern": json.dumps(rule.pattern)}
    await aws.call("events", "PutRule", {**named, "State": "ENABLED"})
    if rule.targets:
        put: dict[str, Any] = {"Rule": rule.name, "EventBusName": rule.bus, "Targets": rule.targets}
        answer = await aws.call("events", "PutTargets", put)
        if answer.get("FailedEntryCount"):
            raise AwsFailed(f"PutTargets {rule.name}", 400, json.dumps(answer).encode())


async def _table(aws: Aws, table: Table) -> None:
    properties = {"BillingMode": "PAY_PER_REQUEST", **table.properties, "TableName": table.name}
    await _unless_there(aws, "dynamodb", "CreateTable", properties)
    if table.expires_by:
        expiry = {"Enabled": True, "AttributeName": table.expires_by}
        call = {"TableName": table.name, "TimeToLiveSpecification": expiry}
        await aws.call("dynamodb", "UpdateTimeToLive", call)


async def _unless_there(aws: Aws, service: str, operation: str, body: dict[str, Any]) -> None:
    try:
        await aws.call(service, operation, body)
    except AwsFailed as failed:
        if failed.code not in ("ResourceInUseException", "ResourceAlreadyExistsException"):
            raise
