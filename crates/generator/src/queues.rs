//! The queues of a context, one for each consumer: two blocks of its `infra/<context>/data.yaml`, each between two marks.
//!
//! They hold messages, so they stand in the stack that is retained; what they are follows from who takes from them.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use platform::describe::{Kind, Queue};

use crate::Document;
use crate::names::{between, pascal};
use crate::project::{Context, producer};

const QUEUES: [&str; 2] = ["  # generated:begin queues\n", "  # generated:end queues"];
const PARAMETERS: [&str; 2] = ["  # generated:begin parameters\n", "  # generated:end parameters"];

/// The data stack with its queues as they should be.
pub fn print(root: &Path, context: &Context) -> Result<Document> {
    let path = format!("infra/{}/data.yaml", context.name);
    let text = std::fs::read_to_string(root.join(&path)).context(path.clone())?;
    let mut text = text;
    for ([begin, end], block) in [(PARAMETERS, parameters(context)), (QUEUES, block(context))] {
        text = between(&text, begin, end, &block)
            .with_context(|| format!("{path} lacks the marks `{}` and `{}`", begin.trim(), end.trim()))?;
    }
    Ok(Document::new(path, text))
}

fn has_relay(context: &Context) -> bool {
    context.functions.iter().any(|function| matches!(function.description.kind, Kind::Relay))
}

/// What the queues need of the platform.
fn parameters(context: &Context) -> String {
    let queues = has_relay(context) || context.consumers().next().is_some();
    let uploads = context.consumers().any(|(_, queue)| queue.uploads.is_some());
    let wanted = [
        ("KeyArn", "key-arn", queues),
        ("AlarmTopicArn", "alarm-topic-arn", queues),
        ("MediaBucket", "media-bucket", uploads),
    ];
    let wanted = wanted.into_iter().filter(|(_, _, wanted)| *wanted);
    wanted
        .map(|(name, path, _)| {
            format!("  {name}:\n    Type: AWS::SSM::Parameter::Value<String>\n    Default: /caravan/local/platform/{path}\n")
        })
        .collect()
}

fn block(context: &Context) -> String {
    let mut text = String::new();
    let mut dead_letters = Vec::new();
    for (_, consumer) in context.consumers() {
        let id = pascal(consumer.name);
        text.push_str(&queue(context.name, consumer.name, &id));
        text.push_str(&dead_letter_queue(
            &id,
            &format!("{}-dlq", consumer.name),
            &format!("{0} failed five times on a message. Find out why in its log, then bring it back with `cargo xtask redrive {0}`.", consumer.name),
        ));
        text.push_str(&policy(consumer, &id));
        text.push('\n');
        dead_letters.push(format!("!Ref {id}Dlq"));
    }
    if has_relay(context) {
        let relay = format!("relay-{}", context.name);
        text.push_str(
            "  # Batches of the stream that the relay gave up on. They only say where in the stream it failed: the events\n  \
             # themselves still stand in the outbox, and the sweep publishes them.\n",
        );
        text.push_str(&dead_letter_queue(
            "Relay",
            &format!("{relay}-dlq"),
            &format!(
                "{relay} gave up on a batch of the stream. Look at its log; the sweep repeats the work."
            ),
        ));
        let _ = write!(
            text,
            "  RelayDlqArn:\n    Type: AWS::SSM::Parameter\n    \
             Properties: {{Name: !Sub '/caravan/${{Stage}}/{0}/queue/{relay}-dlq/arn', Type: String, Value: !GetAtt RelayDlq.Arn}}\n  \
             RelayDlqUrl:\n    Type: AWS::SSM::Parameter\n    \
             Properties: {{Name: !Sub '/caravan/${{Stage}}/{0}/queue/{relay}-dlq/url', Type: String, Value: !Ref RelayDlq}}\n\n",
            context.name
        );
        dead_letters.push("!Ref RelayDlq".to_owned());
    }
    if !dead_letters.is_empty() {
        let _ = write!(
            text,
            "  # The offline cloud speaks plain HTTP and enforces this policy.\n  \
             DeadLettersPolicy:\n    Type: AWS::SQS::QueuePolicy\n    Condition: Deployed\n    Properties:\n      \
             Queues: [{}]\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          \
             # In a queue's policy `*` is the queue.\n          \
             - {{Sid: TlsOnly, Effect: Deny, Principal: '*', Action: sqs:*, Resource: '*', Condition: {{Bool: {{aws:SecureTransport: 'false'}}}}}}\n",
            dead_letters.join(", ")
        );
    }
    text
}

fn queue(context: &str, name: &str, id: &str) -> String {
    format!(
        "  {id}Queue:
    Type: AWS::SQS::Queue
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      QueueName: !Sub 'caravan-${{Stage}}-{name}'
      KmsMasterKeyId: !Ref KeyArn
      MessageRetentionPeriod: 345600
      # Six times the consumer's 30 s, as Lambda asks for: a throttled batch must not come back while it waits.
      VisibilityTimeout: 180
      RedrivePolicy: {{deadLetterTargetArn: !GetAtt {id}Dlq.Arn, maxReceiveCount: 5}}
  {id}QueueArn:
    Type: AWS::SSM::Parameter
    Properties: {{Name: !Sub '/caravan/${{Stage}}/{context}/queue/{name}/arn', Type: String, Value: !GetAtt {id}Queue.Arn}}
  {id}QueueUrl:
    Type: AWS::SSM::Parameter
    Properties: {{Name: !Sub '/caravan/${{Stage}}/{context}/queue/{name}/url', Type: String, Value: !Ref {id}Queue}}
"
    )
}

fn dead_letter_queue(id: &str, name: &str, meaning: &str) -> String {
    format!(
        "  {id}Dlq:
    Type: AWS::SQS::Queue
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      QueueName: !Sub 'caravan-${{Stage}}-{name}'
      KmsMasterKeyId: !Ref KeyArn
      # Longer than a queue's 4 days: a dead letter keeps the age it had.
      MessageRetentionPeriod: 1209600
  {id}DlqAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: !Sub 'caravan-${{Stage}}-{name}'
      AlarmDescription: {meaning}
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{{Name: QueueName, Value: !GetAtt {id}Dlq.QueueName}}]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 0
      ComparisonOperator: GreaterThanThreshold
      TreatMissingData: notBreaching
      AlarmActions: [!Ref AlarmTopicArn]
"
    )
}

/// Who may fill the queue from outside, and that nobody may in plain text: a queue has one policy.
fn policy(queue: &Queue, id: &str) -> String {
    let mut text = String::new();
    let mut topics: Vec<_> = queue.events.iter().map(|kind| producer(kind)).collect();
    topics.sort_unstable();
    topics.dedup();
    let mut allowed = String::new();
    if !topics.is_empty() {
        let arns: Vec<_> = topics
            .iter()
            .map(|context| {
                format!("!Sub 'arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:caravan-${{Stage}}-{context}-events'")
            })
            .collect();
        allowed = statement("OnlyTheseTopicsDeliver", "sns", id, &format!("[{}]", arns.join(", ")));
    }
    if let Some(prefix) = queue.uploads {
        let _ = write!(
            text,
            "  {id}Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: !Sub 'caravan-${{Stage}}-{}'
      EventPattern:
        source: [aws.s3]
        detail-type: [Object Created]
        detail: {{bucket: {{name: [!Ref MediaBucket]}}, object: {{key: [{{prefix: {prefix}}}]}}}}
      Targets: [{{Id: queue, Arn: !GetAtt {id}Queue.Arn}}]
",
            queue.name
        );
        allowed = statement("OnlyTheRuleDelivers", "events", id, &format!("!GetAtt {id}Rule.Arn"));
    }
    if queue.mail_feedback {
        let _ = write!(
            text,
            "  {id}Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: !Sub 'caravan-${{Stage}}-{}'
      EventPattern:
        source: [aws.ses]
        detail-type: [Email Bounced, Email Complaint Received]
      Targets: [{{Id: queue, Arn: !GetAtt {id}Queue.Arn}}]
",
            queue.name
        );
        allowed = statement("OnlyTheRuleDelivers", "events", id, &format!("!GetAtt {id}Rule.Arn"));
    }
    let plain = format!(
        "{{Sid: TlsOnly, Effect: Deny, Principal: '*', Action: sqs:*, Resource: !GetAtt {id}Queue.Arn, Condition: {{Bool: {{aws:SecureTransport: 'false'}}}}}}"
    );
    // The offline cloud speaks plain HTTP and enforces this.
    let (condition, refused) = if allowed.is_empty() {
        ("    Condition: Deployed\n", format!("          - {plain}\n"))
    } else {
        ("", format!("          - !If [Deployed, {plain}, !Ref AWS::NoValue]\n"))
    };
    let _ = write!(
        text,
        "  {id}QueuePolicy:
    Type: AWS::SQS::QueuePolicy
{condition}    Properties:
      Queues: [!Ref {id}Queue]
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
{allowed}{refused}"
    );
    text
}

fn statement(sid: &str, service: &str, id: &str, sources: &str) -> String {
    format!(
        "          - Sid: {sid}
            Effect: Allow
            Principal: {{Service: {service}.amazonaws.com}}
            Action: sqs:SendMessage
            Resource: !GetAtt {id}Queue.Arn
            Condition: {{ArnEquals: {{aws:SourceArn: {sources}}}}}
"
    )
}
