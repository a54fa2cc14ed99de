"""What the local run reads from SAM templates, on small ones and on the project's own."""

from pathlib import Path
from textwrap import dedent

import pytest

from local.files import CHECKOUT
from local.front.routes import Gateway
from local.templates import reader
from local.templates.intrinsics import Resolver, TemplateError, load
from local.templates.stack import Place
from local.templates.system import System

PLACE = Place("eu-west-1", "http://127.0.0.1:4566", "local")

ROOT = """
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      Stage: {Type: String, Default: dev}
      Subnets: {Type: CommaDelimitedList, Default: "a,b"}
    Conditions:
      InProduction: !Equals [!Ref Stage, prod]
    Resources:
      Bus: {Type: AWS::Events::EventBus, Properties: {Name: !Sub "${Stage}-shop"}}
      Wake: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${Stage}-wake"}}
      Counters:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: !Sub ${Stage}-counters
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          TimeToLiveSpecification: {AttributeName: gone, Enabled: true}
      OnlyThere: {Type: AWS::S3::Bucket, Condition: InProduction}
      Media: {Type: AWS::S3::Bucket, Properties: {BucketName: !Join ["-", [!Ref Stage, media]]}}
      Orders:
        Type: AWS::Serverless::Application
        Properties:
          Location: functions/orders/template.yaml
          Parameters: {Stage: !Ref Stage, Bus: !Ref Bus, WakeUrl: !Ref Wake, Subnets: !Join [",", !Ref Subnets]}
"""
ORDERS = """
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      Stage: {Type: String}
      Bus: {Type: String}
      WakeUrl: {Type: String}
      Subnets: {Type: CommaDelimitedList}
    Globals:
      Function: {CodeUri: ., Timeout: 30, Environment: {Variables: {CONTEXT: orders, WAKE: !Ref WakeUrl}}}
    Resources:
      OnOrderPaid:
        Type: AWS::Serverless::Function
        Properties:
          FunctionName: !Sub ${Stage}-orders-on-order-paid
          Handler: on_order_paid.handler
          MemorySize: 512
          Environment: {Variables: {SUBNET: !Select [1, !Ref Subnets], BUS: !Ref Bus}}
          Events:
            Queue:
              Type: SQS
              Properties: {Queue: !GetAtt PaidQueue.Arn, BatchSize: 5, FunctionResponseTypes: [ReportBatchItemFailures]}
      CancelOrders:
        Type: AWS::Serverless::Function
        Properties:
          FunctionName: !Sub ${Stage}-orders-cancel-orders
          Handler: cancel_orders.handler
          Timeout: 60
          Events:
            Schedule: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute)}}
      PaidQueue:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub ${Stage}-orders-on-order-paid
          VisibilityTimeout: 180
          RedrivePolicy: {deadLetterTargetArn: !GetAtt PaidDead.Arn, maxReceiveCount: 5}
      PaidDead: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${Stage}-orders-on-order-paid-dead"}}
      PaidRule:
        Type: AWS::Events::Rule
        Properties:
          EventBusName: !Ref Bus
          EventPattern: {detail-type: [order.paid], detail: {version: [1]}}
          Targets: [{Id: queue, Arn: !GetAtt PaidQueue.Arn, DeadLetterConfig: {Arn: x}}]
"""


@pytest.fixture
def system(tmp_path: Path) -> System:
    (tmp_path / "functions" / "orders").mkdir(parents=True)
    (tmp_path / "template.yaml").write_text(dedent(ROOT))
    (tmp_path / "functions" / "orders" / "template.yaml").write_text(dedent(ORDERS))
    return reader.read(tmp_path, PLACE, {"Stage": "local"})


def test_a_function_is_found_where_its_file_is(system: System) -> None:
    function = system.functions["local-orders-on-order-paid"]
    assert (function.module, function.attribute) == ("functions.orders.on_order_paid", "handler")
    assert (function.timeout, function.memory) == (30, 512)
    assert function.consumer_name == "orders/on_order_paid"


def test_what_a_stack_is_given_reaches_the_functions_below_it(system: System) -> None:
    assert system.functions["local-orders-on-order-paid"].environment == {
        "CONTEXT": "orders",
        "WAKE": "http://127.0.0.1:4566/000000000000/local-wake",
        "SUBNET": "b",
        "BUS": "local-shop",
    }


def test_queues_rules_and_sources_belong_together(system: System) -> None:
    queue = system.queues["local-orders-on-order-paid"]
    assert queue.attributes["VisibilityTimeout"] == "180"
    assert (
        "arn:aws:sqs:eu-west-1:000000000000:local-orders-on-order-paid-dead"
        in queue.attributes["RedrivePolicy"]
    )
    (source,) = system.sources
    assert (source.queue, source.batch_size, source.reports_failures) == (queue.name, 5, True)
    (rule,) = system.rules
    assert rule.bus == "local-shop"
    assert rule.targets == [
        {"Id": "queue", "Arn": "arn:aws:sqs:eu-west-1:000000000000:local-orders-on-order-paid"}
    ]
    (listener,) = system.listeners()
    assert (listener.type, listener.versions, listener.consumer) == (
        "order.paid",
        [1],
        "orders/on_order_paid",
    )


def test_jobs_tables_and_buckets_are_found_and_conditions_hold(system: System) -> None:
    job = system.job("cancel_orders")
    assert job is not None
    assert (job.name, job.timeout) == ("local-orders-cancel-orders", 60)
    assert system.tables["local-counters"].expires_by == "gone"
    assert [bucket.name for bucket in system.buckets] == ["local-media"]


def test_a_template_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    template = "Resources: {Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {a: [!Ref Nobody]}}}}"
    (tmp_path / "template.yaml").write_text(template)
    with pytest.raises(TemplateError):
        reader.read(tmp_path, PLACE, {})


def test_intrinsic_functions_resolve_inside_each_other() -> None:
    template = load(
        dedent("""
        Mappings: {Sizes: {prod: {Memory: 1024}, local: {Memory: 128}}}
        Conditions:
          Big: !And [!Condition Named, !Not [!Equals [!Ref Name, small]]]
          Named: !Or [!Equals [!Ref Name, x], !Equals [!Ref Name, y]]
        Value:
          - !If [Big, !FindInMap [Sizes, !Ref Stage, Memory], !Ref AWS::NoValue]
          - !Sub ["${A}/${!literal}/${Name}", {A: !Select [0, !Split ["|", "p|q"]]}]
          - !Base64 hello
          - {kept: 1, dropped: !Ref AWS::NoValue}
        """)
    )
    resolve = Resolver(template, {"Name": "x", "Stage": "local"}.__getitem__, lambda _, __: "")
    assert resolve(template["Value"]) == [128, "p/${literal}/x", "aGVsbG8=", {"kept": 1}]


def test_the_project_s_own_templates_name_modules_that_exist_and_every_route_a_function() -> None:
    given = {
        "Stage": "local",
        "PublicUrl": "http://127.0.0.1:3000",
        "AppDatabase": "postgresql://app",
        "JobsDatabase": "postgresql://jobs",
        "MailFrom": "shop@comptoir.example",
        "MailDomain": "comptoir.example",
        "StripeSecretKey": "sk_test_local",
        "StripeWebhookSecret": "whsec_local",
    }
    system = reader.read(CHECKOUT, PLACE, given)
    for function in system.functions.values():
        assert (CHECKOUT / (function.module.replace(".", "/") + ".py")).is_file()
    gateway = Gateway.read(CHECKOUT / "events" / "gateway")
    for route in (*gateway.admin.all, *gateway.public.all):
        assert f"local-{route.function}" in system.functions
    for rule in system.rules:
        assert rule.targets
