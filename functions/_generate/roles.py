"""A function's role: what its permissions allow, its log group, and for a consumer its own queue."""

from typing import Any

from functions._generate.cloudformation import GetAtt, If, Ref, Sub
from functions._generate.deployment import Deployment
from functions._generate.discovery import Function, Kind

_ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}

_OF_DATA = ["kms:Decrypt", "kms:GenerateDataKey"]
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_OF_TABLES = [*_OF_DATA, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"]


def role(function: Function, deployed: Deployment) -> dict[str, Any]:
    """The role of one function."""
    statements: list[Any] = [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": GetAtt("Logs.Arn"),
        }
    ]
    statements += [statement for each in deployed.permissions for statement in each.statements]
    encrypted = {service for each in deployed.permissions for service in each.encrypted_by}
    if function.kind in (Kind.CONSUMER, Kind.UPLOAD, Kind.WAKE):
        own = Ref("RelayQueue") if function.kind is Kind.WAKE else GetAtt(f"{function.logical}Queue.Arn")
        statements.append(
            {
                "Effect": "Allow",
                "Action": [
                    "sqs:ReceiveMessage",
                    "sqs:DeleteMessage",
                    "sqs:ChangeMessageVisibility",
                    "sqs:GetQueueAttributes",
                ],
                "Resource": own,
            }
        )
        encrypted.add("sqs")
    if encrypted:
        statements.append(_use_of_the_key(encrypted))
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": _ASSUMED_BY_LAMBDA,
            # The network interfaces of a VPC: AWS knows no narrower resource for them.
            "ManagedPolicyArns": If(
                [
                    "InVpc",
                    [
                        Sub(
                            "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
                        )
                    ],
                    Ref("AWS::NoValue"),
                ]
            ),
            "Policies": [
                {"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
            ],
        },
    }


def _use_of_the_key(services: set[str]) -> dict[str, Any]:
    """The deployment's key, but only through services that hold what it encrypts."""
    return {
        "Effect": "Allow",
        "Action": _OF_TABLES if "dynamodb" in services else _OF_DATA,
        "Resource": Ref("DataKey"),
        "Condition": {
            "StringEquals": {
                "kms:ViaService": [
                    Sub(service + ".${AWS::Region}.${AWS::URLSuffix}") for service in sorted(services)
                ]
            }
        },
    }
