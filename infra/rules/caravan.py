"""What every stack of this project must hold, as rules of cfn-lint. They see a template after the SAM transform."""

import json
import re

from cfnlint.rules import CloudFormationLintRule, RuleMatch

# One CloudFront function may not be bigger.
EDGE_FUNCTION_BYTES = 10_240
# Reading a whole table is for what rebuilds projections, never for an endpoint or a consumer.
WHOLE_TABLE = {"dynamodb:scan", "dynamodb:partiqlselect"}


def resources(cfn, *types):
    return {name: body for kind in types for name, body in cfn.get_resources(kind).items()}


def properties(resource):
    return resource.get("Properties") or {}


def listed(value):
    """The members of a list or a single value, with both branches of every Fn::If; of one on `Deployed` only what is deployed."""
    if value is None:
        return []
    if isinstance(value, list):
        return [member for item in value for member in listed(item)]
    if isinstance(value, dict) and "Fn::If" in value:
        condition, deployed, other = value["Fn::If"]
        return listed(deployed) if condition == "Deployed" else listed([deployed, other])
    if value == {"Ref": "AWS::NoValue"}:
        return []
    return [value]


def text(cfn, value):
    """A value as text, parameters by their defaults, so that different spellings of one name are equal."""
    defaults = {name: str(body["Default"]) for name, body in (cfn.template.get("Parameters") or {}).items() if "Default" in body}
    if isinstance(value, dict) and len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Ref":
            value = "${%s}" % argument
        elif function == "Fn::GetAtt":
            value = "${%s}" % (argument if isinstance(argument, str) else ".".join(argument))
        elif function == "Fn::Sub":
            value = argument if isinstance(argument, str) else argument[0]
        elif function == "Fn::Join":
            value = argument[0].join(text(cfn, part) for part in argument[1])
    if not isinstance(value, str):
        return json.dumps(value, default=str, sort_keys=True)
    return re.sub(r"\$\{(\w+)\}", lambda found: defaults.get(found[1], found[0]), value)


def named(cfn, value):
    """The resource that a Ref or a Fn::GetAtt names."""
    found = re.fullmatch(r"\$\{(\w+)(\.\w+)?\}", text(cfn, value))
    return found and found[1]


def function_name(cfn, name, function):
    return text(cfn, properties(function).get("FunctionName", "${%s}" % name))


def statements(document):
    return [each for each in listed((document or {}).get("Statement")) if isinstance(each, dict)]


def is_dead_letter_queue(cfn, queue):
    return text(cfn, properties(queue).get("QueueName")).endswith("-dlq")


def too_wide(resource):
    """Whether an ARN names more than one thing and what is below it (`table/name/index/*`, `bucket/*`)."""
    base = re.sub(r"[:/]\*$", "", resource)
    if "*" in base:
        return True
    if base == resource or not base.startswith("arn:"):
        return False
    parts = base.split(":", 5)
    return len(parts) < 6 or (parts[2] != "s3" and not re.search(r"[/:]", parts[5]))


class LogGroup(CloudFormationLintRule):
    id = "E9001"
    shortdesc = "A function has a log group with a retention"
    description = "A log group that Lambda makes by itself keeps everything for ever."
    tags = ["caravan"]

    def match(self, cfn):
        kept = {}
        for name, group in resources(cfn, "AWS::Logs::LogGroup").items():
            if "RetentionInDays" in properties(group):
                kept[name] = text(cfn, properties(group).get("LogGroupName"))
        for name, function in resources(cfn, "AWS::Lambda::Function").items():
            chosen = (properties(function).get("LoggingConfig") or {}).get("LogGroup")
            usual = {"/aws/lambda/" + function_name(cfn, name, function), "/aws/lambda/${%s}" % name}
            if chosen and (named(cfn, chosen) in kept or text(cfn, chosen) in kept.values()):
                continue
            if not chosen and usual & set(kept.values()):
                continue
            yield RuleMatch(["Resources", name], f"{name} has no log group with a retention in this template")


class ExactRole(CloudFormationLintRule):
    id = "E9002"
    shortdesc = "A function has an exact role of its own"
    description = "Named actions on named resources, one role per function, and no reading of whole tables."
    tags = ["caravan"]

    def match(self, cfn):
        roles = resources(cfn, "AWS::IAM::Role")
        functions = resources(cfn, "AWS::Lambda::Function")
        owner = {}
        for name, function in functions.items():
            role = named(cfn, properties(function).get("Role"))
            if role not in roles:
                yield RuleMatch(["Resources", name], f"{name} has no role in this template")
            elif role in owner:
                yield RuleMatch(["Resources", name], f"{name} shares {role} with {owner[role]}")
            else:
                owner[role] = name
                yield from self.faults(cfn, role, roles[role], function_name(cfn, name, function))
        if functions:
            for name in resources(cfn, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
                yield RuleMatch(["Resources", name], f"{name}: what a function may do stands in its role")

    def faults(self, cfn, role, body, function):
        path = ["Resources", role]
        if properties(body).get("ManagedPolicyArns"):
            yield RuleMatch(path, f"{role} holds a managed policy")
        for policy in listed(properties(body).get("Policies")):
            for statement in statements(policy.get("PolicyDocument")):
                if statement.get("Effect") != "Allow":
                    continue
                if {"NotAction", "NotResource"} & set(statement):
                    yield RuleMatch(path, f"{role} allows whatever is not named")
                for action in listed(statement.get("Action")):
                    if "*" in action:
                        yield RuleMatch(path, f"{role} allows {action}")
                    if action.lower() in WHOLE_TABLE and "-replay-" not in function:
                        yield RuleMatch(path, f"{role} reads whole tables: {action}")
                for resource in listed(statement.get("Resource")):
                    if too_wide(text(cfn, resource)):
                        yield RuleMatch(path, f"{role} is allowed on {text(cfn, resource)}")


class Limits(CloudFormationLintRule):
    id = "E9003"
    shortdesc = "A function has a timeout and a memory size"
    description = "Lambda's own 3 seconds and 128 MB fit nothing here."
    tags = ["caravan"]

    def match(self, cfn):
        for name, function in resources(cfn, "AWS::Lambda::Function").items():
            for wanted in ("Timeout", "MemorySize"):
                if wanted not in properties(function):
                    yield RuleMatch(["Resources", name], f"{name} has no {wanted}")


class ContextAlarms(CloudFormationLintRule):
    id = "E9004"
    shortdesc = "A context has its alarms"
    description = "Errors and p99 latency of its API, and the age of its stream where it has a relay."
    tags = ["caravan"]

    def match(self, cfn):
        if not (resources(cfn, "AWS::Lambda::Function") and resources(cfn, "AWS::ApiGatewayV2::Api")):
            return
        metrics, statistics = set(), set()
        for alarm in resources(cfn, "AWS::CloudWatch::Alarm").values():
            own = properties(alarm)
            metrics.add(own.get("MetricName"))
            statistics.add(own.get("ExtendedStatistic"))
            for part in listed(own.get("Metrics")):
                stat = part.get("MetricStat") or {}
                metrics.add((stat.get("Metric") or {}).get("MetricName"))
                statistics.add(stat.get("Stat"))
                metrics.update(re.findall(r"\w+", text(cfn, part.get("Expression", ""))))
        if not metrics & {"Errors", "5xx"}:
            yield RuleMatch(["Resources"], "no alarm on errors")
        if "p99" not in statistics:
            yield RuleMatch(["Resources"], "no alarm on p99 latency")
        if streams(cfn) and "IteratorAge" not in metrics:
            yield RuleMatch(["Resources"], "a relay, and no alarm on the age of its stream")


class StreamFailures(CloudFormationLintRule):
    id = "E9005"
    shortdesc = "A stream has a place for what fails"
    description = "Without one, a batch that fails is gone without a trace, or blocks the stream for a day."
    tags = ["caravan"]

    def match(self, cfn):
        for name, source in streams(cfn).items():
            if "OnFailure" not in (properties(source).get("DestinationConfig") or {}):
                yield RuleMatch(["Resources", name], f"{name} has no OnFailure destination")


def streams(cfn):
    sources = resources(cfn, "AWS::Lambda::EventSourceMapping")
    return {name: body for name, body in sources.items() if "StartingPosition" in properties(body)}


class DeadLetters(CloudFormationLintRule):
    id = "E9006"
    shortdesc = "A queue has a dead-letter queue, and that one an alarm"
    description = "A poison message must leave the queue, and somebody must hear of it."
    tags = ["caravan"]

    def match(self, cfn):
        watched = set()
        for alarm in resources(cfn, "AWS::CloudWatch::Alarm").values():
            if properties(alarm).get("MetricName") == "ApproximateNumberOfMessagesVisible":
                for dimension in listed(properties(alarm).get("Dimensions")):
                    watched.add(named(cfn, dimension.get("Value")))
        for name, queue in resources(cfn, "AWS::SQS::Queue").items():
            if is_dead_letter_queue(cfn, queue):
                if name not in watched:
                    yield RuleMatch(["Resources", name], f"{name} has no alarm on visible messages")
            elif "deadLetterTargetArn" not in (properties(queue).get("RedrivePolicy") or {}):
                yield RuleMatch(["Resources", name], f"{name} has no dead-letter queue")


class AlarmsAreHeard(CloudFormationLintRule):
    id = "E9007"
    shortdesc = "An alarm tells somebody"
    description = "An alarm without an action is a colour on a page that nobody looks at."
    tags = ["caravan"]

    def match(self, cfn):
        for name, alarm in resources(cfn, "AWS::CloudWatch::Alarm").items():
            if not properties(alarm).get("AlarmActions"):
                yield RuleMatch(["Resources", name], f"{name} has no AlarmActions")


class Tables(CloudFormationLintRule):
    id = "E9008"
    shortdesc = "A table can be restored, is encrypted, is kept, and forgets what expired"
    description = "Point-in-time recovery, encryption, Retain, deletion protection, time to live."
    tags = ["caravan"]

    def match(self, cfn):
        for name, table in resources(cfn, "AWS::DynamoDB::Table").items():
            own = properties(table)
            held = {
                "PointInTimeRecoveryEnabled": (own.get("PointInTimeRecoverySpecification") or {}).get("PointInTimeRecoveryEnabled"),
                "SSEEnabled": (own.get("SSESpecification") or {}).get("SSEEnabled"),
                "TimeToLiveSpecification": (own.get("TimeToLiveSpecification") or {}).get("Enabled"),
                # Offline it may be off.
                "DeletionProtectionEnabled": True in listed(own.get("DeletionProtectionEnabled")),
                "DeletionPolicy: Retain": table.get("DeletionPolicy") == "Retain",
                "UpdateReplacePolicy: Retain": table.get("UpdateReplacePolicy") == "Retain",
            }
            for wanted, value in held.items():
                if value is not True:
                    yield RuleMatch(["Resources", name], f"{name} lacks {wanted}")


class TlsOnly(CloudFormationLintRule):
    id = "E9009"
    shortdesc = "Queues, topics and buckets refuse plain text"
    description = "Each has a policy that denies requests without TLS."
    tags = ["caravan"]

    def match(self, cfn):
        covered = set()
        for policy in resources(cfn, "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy").values():
            if any(self.refuses(each) for each in statements(properties(policy).get("PolicyDocument"))):
                for member in ("Queues", "Topics", "Bucket"):
                    covered.update(named(cfn, each) for each in listed(properties(policy).get(member)))
        for name in resources(cfn, "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket"):
            if name not in covered:
                yield RuleMatch(["Resources", name], f"{name} has no policy that refuses plain text")

    def refuses(self, statement):
        transport = ((statement.get("Condition") or {}).get("Bool") or {}).get("aws:SecureTransport")
        return statement.get("Effect") == "Deny" and statement.get("Principal") == "*" and str(transport).lower() == "false"


class EdgeFunctionSize(CloudFormationLintRule):
    id = "E9010"
    shortdesc = "A CloudFront function fits"
    description = "CloudFront takes 10 KB, and the table of the front door grows with every context."
    tags = ["caravan"]

    def match(self, cfn):
        for name, function in resources(cfn, "AWS::CloudFront::Function").items():
            size = len(text(cfn, properties(function).get("FunctionCode")).encode())
            if size > EDGE_FUNCTION_BYTES:
                yield RuleMatch(["Resources", name], f"{name} is {size} bytes, more than {EDGE_FUNCTION_BYTES}")
