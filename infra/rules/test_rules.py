"""Each rule refuses what it is there for, and accepts a stack as it should be. Run: python -m unittest discover infra/rules"""

import pathlib
import unittest

from cfnlint.api import lint
from cfnlint.rules import RulesCollection

GOOD = """
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String, Default: local}
  TableArn: {Type: String, Default: 'arn:aws:dynamodb:us-east-1:000000000000:table/things'}
  StreamArn: {Type: String, Default: 'arn:aws:dynamodb:us-east-1:000000000000:table/things/stream/1'}
  AlarmTopicArn: {Type: String, Default: 'arn:aws:sns:us-east-1:000000000000:alarms'}
Conditions:
  Deployed: !Not [!Equals [!Ref Stage, local]]
Resources:
  Read:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: !Sub caravan-${Stage}-read-thing
      Role: !GetAtt ReadRole.Arn
      Runtime: provided.al2023
      Handler: bootstrap
      Code: {S3Bucket: bucket, S3Key: key}
      Timeout: 10
      MemorySize: 256
  ReadLog:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub '/aws/lambda/caravan-${Stage}-read-thing', RetentionInDays: 30}
  ReadRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: exact
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - {Effect: Allow, Action: [dynamodb:GetItem, dynamodb:Query], Resource: [!Ref TableArn, !Sub '${TableArn}/index/gsi1']}
              - {Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: !GetAtt ReadLog.Arn}
              - !If [Deployed, !Ref AWS::NoValue, {Effect: Allow, Action: [ses:SendEmail], Resource: '*'}]
  Source:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Read
      EventSourceArn: !Ref StreamArn
      StartingPosition: TRIM_HORIZON
      DestinationConfig: {OnFailure: {Destination: !GetAtt Dlq.Arn}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: things, ProtocolType: HTTP}}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: AWS/ApiGateway, MetricName: 5xx, Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref AlarmTopicArn]}
  Latency:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: AWS/ApiGateway, MetricName: Latency, ExtendedStatistic: p99, Period: 60, EvaluationPeriods: 1, Threshold: 1000, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref AlarmTopicArn]}
  Age:
    Type: AWS::CloudWatch::Alarm
    Properties: {Namespace: AWS/Lambda, MetricName: IteratorAge, Statistic: Maximum, Period: 60, EvaluationPeriods: 1, Threshold: 60000, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref AlarmTopicArn]}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub 'caravan-${Stage}-things', RedrivePolicy: {deadLetterTargetArn: !GetAtt Dlq.Arn, maxReceiveCount: 5}}
  Dlq: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub 'caravan-${Stage}-things-dlq'}}
  DlqAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{Name: QueueName, Value: !GetAtt Dlq.QueueName}]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref AlarmTopicArn]
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue, !Ref Dlq]
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - !If
            - Deployed
            - {Effect: Deny, Principal: '*', Action: sqs:*, Resource: '*', Condition: {Bool: {aws:SecureTransport: 'false'}}}
            - !Ref AWS::NoValue
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
      SSESpecification: {SSEEnabled: true}
      DeletionProtectionEnabled: !If [Deployed, true, false]
"""

# What is replaced in the good stack, by what, and the rule that must then speak.
BAD = {
    "a_log_group_without_retention": (", RetentionInDays: 30", "", "E9001"),
    "the_log_group_of_another_name": ("/aws/lambda/caravan-${Stage}-read-thing", "/aws/lambda/caravan-${Stage}-other", "E9001"),
    "a_role_from_elsewhere": ("Role: !GetAtt ReadRole.Arn", "Role: arn:aws:iam::000000000000:role/other", "E9002"),
    "every_resource": ("Resource: !GetAtt ReadLog.Arn", "Resource: '*'", "E9002"),
    "every_resource_where_it_is_deployed": (
        "!If [Deployed, !Ref AWS::NoValue, {Effect: Allow, Action: [ses:SendEmail], Resource: '*'}]",
        "!If [Deployed, {Effect: Allow, Action: [ses:SendEmail], Resource: '*'}, !Ref AWS::NoValue]",
        "E9002",
    ),
    "every_table": ("Resource: !GetAtt ReadLog.Arn", "Resource: !Sub 'arn:aws:dynamodb:us-east-1:000000000000:table/*'", "E9002"),
    "every_action": ("logs:PutLogEvents", "logs:*", "E9002"),
    "a_scan_by_an_endpoint": ("dynamodb:Query", "dynamodb:Scan", "E9002"),
    "a_function_without_a_timeout": ("      Timeout: 10\n", "", "E9003"),
    "a_function_without_a_memory_size": ("      MemorySize: 256\n", "", "E9003"),
    "no_alarm_on_errors": ("MetricName: 5xx", "MetricName: Count", "E9004"),
    "no_alarm_on_latency": ("ExtendedStatistic: p99", "Statistic: Average", "E9004"),
    "no_alarm_on_the_age_of_the_stream": ("MetricName: IteratorAge", "MetricName: Duration", "E9004"),
    "a_stream_that_loses_what_fails": ("      DestinationConfig: {OnFailure: {Destination: !GetAtt Dlq.Arn}}\n", "", "E9005"),
    "a_queue_without_dead_letters": (", RedrivePolicy: {deadLetterTargetArn: !GetAtt Dlq.Arn, maxReceiveCount: 5}", "", "E9006"),
    "dead_letters_without_an_alarm": ("Value: !GetAtt Dlq.QueueName", "Value: !GetAtt Queue.QueueName", "E9006"),
    "an_alarm_that_nobody_hears": ("GreaterThanThreshold\n      AlarmActions: [!Ref AlarmTopicArn]", "GreaterThanThreshold", "E9007"),
    "a_table_without_recovery": ("PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false", "E9008"),
    "a_table_in_the_clear": ("      SSESpecification: {SSEEnabled: true}\n", "", "E9008"),
    "a_table_that_goes_with_its_stack": ("DeletionPolicy: Retain", "DeletionPolicy: Delete", "E9008"),
    "a_table_that_one_call_deletes": ("!If [Deployed, true, false]", "false", "E9008"),
    "a_table_that_forgets_nothing": ("      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}\n", "", "E9008"),
    "a_queue_in_plain_text": ("aws:SecureTransport: 'false'", "aws:SecureTransport: 'true'", "E9009"),
    "a_queue_that_no_policy_covers": ("Queues: [!Ref Queue, !Ref Dlq]", "Queues: [!Ref Queue]", "E9009"),
    "an_edge_function_that_does_not_fit": (
        "Resources:\n",
        "Resources:\n  Big: {Type: AWS::CloudFront::Function, Properties: {Name: big, AutoPublish: true,"
        " FunctionConfig: {Comment: big, Runtime: cloudfront-js-2.0}, FunctionCode: '%s'}}\n" % ("x" * 10_241),
        "E9010",
    ),
}


class OurRules(unittest.TestCase):
    # Not at the top of the file: cfn-lint reads this folder, and so this file, to find the rules.
    @classmethod
    def setUpClass(cls):
        cls.rules = RulesCollection()
        cls.rules.create_from_directory(str(pathlib.Path(__file__).parent))

    def found(self, template):
        return {match.rule.id for match in lint(template, self.rules)}

    def test_a_stack_as_it_should_be_passes(self):
        self.assertEqual(self.found(GOOD), set())

    def test_the_rules_see_what_sam_makes_of_a_stack(self):
        sam = (
            GOOD.replace("Parameters:", "Transform: AWS::Serverless-2016-10-31\nParameters:", 1)
            .replace("AWS::Lambda::Function", "AWS::Serverless::Function")
            .replace("Code: {S3Bucket: bucket, S3Key: key}", "CodeUri: s3://bucket/key")
        )
        self.assertEqual(self.found(sam), set())
        self.assertEqual(self.found(sam.replace("      MemorySize: 256\n", "")), {"E9003"})

    def test_each_fault_is_found(self):
        for fault, (good, bad, rule) in BAD.items():
            with self.subTest(fault):
                self.assertIn(good, GOOD)
                self.assertIn(rule, self.found(GOOD.replace(good, bad, 1)))


if __name__ == "__main__":
    unittest.main()
