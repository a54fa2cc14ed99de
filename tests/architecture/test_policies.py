"""Least privilege: each role may do what its function needs, on the resources it needs."""

from collections.abc import Iterator, Mapping
from typing import Any

from functions._generate.discovery import all_functions
from tests.architecture.translated import everywhere, in_contexts, pointed_at, statements

# AWS names no narrower resource for these.
ONLY_WITHOUT_RESOURCE = {"sqs:ListQueues", "cloudwatch:DescribeAlarms"}
_VPC_POLICY = "service-role/AWSLambdaVPCAccessExecutionRole"
_POLICIES = ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _statements() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for _, name, role in everywhere("AWS::IAM::Role"):
        yield from ((name, statement) for statement in statements(role))
    for _, name, policy in everywhere(*_POLICIES):
        yield from ((name, statement) for statement in policy["PolicyDocument"]["Statement"])
    for _, name, key in everywhere("AWS::KMS::Key"):
        yield from ((name, statement) for statement in key["KeyPolicy"]["Statement"])


def test_no_action_is_a_wildcard() -> None:
    wide = [
        (name, action) for name, each in _statements() for action in _list(each["Action"]) if "*" in action
    ]
    assert wide == []


def test_no_resource_is_everything_except_where_aws_allows_nothing_else() -> None:
    keys = {name for _, name, _ in everywhere("AWS::KMS::Key")}
    wide = {
        (name, action)
        for name, each in _statements()
        for action in _list(each["Action"])
        if "*" in _list(each["Resource"]) and name not in keys and action not in ONLY_WITHOUT_RESOURCE
    }
    assert wide == set()


def test_nobody_is_trusted_without_a_name() -> None:
    assert [name for name, each in _statements() if each.get("Principal") in ("*", {"AWS": "*"})] == []


def test_services_that_may_write_are_bound_to_what_is_ours() -> None:
    services = [(name, each) for name, each in _statements() if "Service" in each.get("Principal", {})]
    assert services
    assert [name for name, each in services if "Condition" not in each] == []


def test_each_function_has_a_role_of_its_own() -> None:
    roles = {
        (template.parent.name, name): pointed_at(properties["Role"])
        for template, name, properties in in_contexts("AWS::Lambda::Function")
    }
    assert roles == {(each.context, each.logical): f"{each.logical}Role" for each in all_functions()}


def test_the_only_policy_of_aws_that_a_role_carries_is_that_of_the_network() -> None:
    for _, name, role in everywhere("AWS::IAM::Role"):
        attached = role.get("ManagedPolicyArns", {"Fn::If": ["InVpc", [], None]})
        if isinstance(attached, list):
            assert attached == [], name
            continue
        condition, policies, _ = attached["Fn::If"]
        assert condition == "InVpc", name
        assert all(policy["Fn::Sub"].endswith(_VPC_POLICY) for policy in policies), name


def test_secrets_are_named_not_written() -> None:
    for _, name, properties in everywhere("AWS::Lambda::Function"):
        variables = properties.get("Environment", {}).get("Variables", {})
        literal = {
            key
            for key, value in variables.items()
            if isinstance(value, str)
            and any(word in key for word in ("SECRET", "KEY", "PASSWORD", "DATABASE"))
        }
        assert literal == set(), name


def test_the_deployments_key_is_used_only_through_the_services_that_hold_what_it_encrypts() -> None:
    for name, each in _statements():
        if pointed_at(each.get("Resource")) == "DataKey":
            assert set(each["Condition"]["StringEquals"]) == {"kms:ViaService"}, name


def test_who_reads_what_the_key_encrypts_may_use_it() -> None:
    services = {
        "secretsmanager:GetSecretValue": "secretsmanager",
        "sqs:ReceiveMessage": "sqs",
        "dynamodb:UpdateItem": "dynamodb",
        "s3:PutObject": "s3",
    }
    for _, name, role in everywhere("AWS::IAM::Role"):
        allowed: set[str] = set()
        through: set[str] = set()
        for each in statements(role):
            allowed |= set(_list(each["Action"]))
            if pointed_at(each["Resource"]) == "DataKey":
                vias = _list(each["Condition"]["StringEquals"]["kms:ViaService"])
                through |= {via["Fn::Sub"].partition(".")[0] for via in vias}
        assert {service for action, service in services.items() if action in allowed} <= through, name
