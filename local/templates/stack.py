"""One stack: a template with its parameters, and the names and addresses its resources have locally."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from local.templates.intrinsics import Resolver, TemplateError, load

ACCOUNT = "000000000000"
_NAME_PROPERTIES = {
    "AWS::SQS::Queue": "QueueName",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::IAM::Role": "RoleName",
}
_NESTED = {
    "AWS::Serverless::Application": "Location",
    "AWS::CloudFormation::Stack": "TemplateURL",
}
_ARNS = {
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::Events::EventBus": "events:{region}:{account}:event-bus/{name}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::Serverless::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{name}",
}


@dataclass(frozen=True)
class Place:
    """Where the local AWS services answer, and as what the stacks are deployed."""

    region: str
    aws_url: str
    stage: str


class Stack:
    """A template at `path`, deployed with `parameters` (those not given have their defaults)."""

    def __init__(self, path: Path, parameters: Mapping[str, Any], place: Place, name: str) -> None:
        self.path, self.place, self.name = path, place, name
        try:
            self.template = load(path.read_text())
        except (OSError, TemplateError) as error:
            raise TemplateError(f"{path}: {error}") from error
        self._given = parameters
        self.resolve = Resolver(self.template, self._reference, self._attribute)

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources whose condition holds, by logical id."""
        found: dict[str, dict[str, Any]] = self.template.get("Resources") or {}
        return {
            logical: resource
            for logical, resource in found.items()
            if "Condition" not in resource or self.resolve.holds(resource["Condition"])
        }

    @cached_property
    def nested(self) -> dict[str, "Stack"]:
        """The stacks of local templates below this one, by logical id."""
        stacks = {}
        for logical, resource in self.resources.items():
            location = (resource.get("Properties") or {}).get(_NESTED.get(resource["Type"], ""))
            if isinstance(location, str) and "://" not in location:
                given = _Late(self.resolve, resource["Properties"].get("Parameters") or {})
                path = (self.path.parent / location).resolve()
                stacks[logical] = Stack(path, given, self.place, f"{self.name}-{logical}")
        return stacks

    def of_type(self, *types: str) -> dict[str, dict[str, Any]]:
        """Properties of the resources of these types, unresolved, by logical id."""
        return {
            logical: resource.get("Properties") or {}
            for logical, resource in self.resources.items()
            if resource["Type"] in types
        }

    def physical_name(self, logical: str) -> str:
        """The name that a resource has once deployed."""
        resource = self.resources[logical]
        own = (resource.get("Properties") or {}).get(_NAME_PROPERTIES.get(resource["Type"], ""))
        return str(self.resolve(own)) if own is not None else f"{self.name}-{logical}"

    def arn(self, logical: str) -> str:
        """The ARN of a resource."""
        pattern = _ARNS.get(self.resources[logical]["Type"], "local:{region}:{account}:{name}")
        name = self.physical_name(logical)
        return "arn:aws:" + pattern.format(region=self.place.region, account=ACCOUNT, name=name)

    def _reference(self, name: str) -> Any:
        if name in _PSEUDO:
            return _PSEUDO[name](self)
        declared = (self.template.get("Parameters") or {}).get(name)
        if declared is not None:
            value = self._parameter(name, declared)
            is_list = declared.get("Type", "").startswith(("CommaDelimitedList", "List<"))
            return value.split(",") if is_list and isinstance(value, str) else value
        kind = self.resources[name.removesuffix(".Alias")]["Type"]
        if kind == "AWS::SQS::Queue":
            return f"{self.place.aws_url}/{ACCOUNT}/{self.physical_name(name)}"
        if kind in ("AWS::SNS::Topic", "AWS::SecretsManager::Secret"):
            return self.arn(name)
        return self.physical_name(name.removesuffix(".Alias"))

    def _parameter(self, name: str, declared: Mapping[str, Any]) -> Any:
        if name in self._given:
            return self._given[name]
        if name == "Stage":
            return self.place.stage
        if "Default" not in declared:
            raise KeyError(f"{self.path}: the parameter {name} has no value")
        return declared["Default"]

    def _attribute(self, logical: str, name: str) -> Any:
        if name.startswith("Outputs.") and logical in self.nested:
            below = self.nested[logical]
            return below.resolve(below.template["Outputs"][name.removeprefix("Outputs.")]["Value"])
        if name in ("Arn", "TopicArn"):
            return self.arn(logical)
        if name.endswith("Name"):
            return self.physical_name(logical)
        if name == "QueueUrl":
            return self._reference(logical)
        return f"{self.physical_name(logical)}.{name}.local"


class _Late(dict[str, Any]):
    """Parameters of a nested stack, resolved when they are asked for: a parent may pass what is never read locally."""

    def __init__(self, resolve: Resolver, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self._resolve = resolve

    def __getitem__(self, name: str) -> Any:
        return self._resolve(super().__getitem__(name))


_PSEUDO: dict[str, Any] = {
    "AWS::Region": lambda stack: stack.place.region,
    "AWS::AccountId": lambda stack: ACCOUNT,
    "AWS::StackName": lambda stack: stack.name,
    "AWS::StackId": lambda stack: (
        f"arn:aws:cloudformation:{stack.place.region}:{ACCOUNT}:stack/{stack.name}/local"
    ),
    "AWS::Partition": lambda stack: "aws",
    "AWS::URLSuffix": lambda stack: "amazonaws.com",
    "AWS::NotificationARNs": lambda stack: [],
}
