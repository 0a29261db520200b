//! What calls a function that is no endpoint: queues, the table's stream, the clock.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, bail};
use platform::Described;
use platform::describe::{Kind, Queue};

use super::Stack;
use super::role::{self, Rights};
use crate::names::pascal;
use crate::project::producer;

/// Invocations of one consumer side by side at most, so that a burst of events leaves concurrency to the endpoints.
const CONSUMERS: u32 = 10;

/// What Lambda does in the function's name to fetch its events.
pub fn rights(stack: &mut Stack<'_>, described: &Described, rights: &mut Rights) -> Result<()> {
    match &described.description.kind {
        Kind::Consumer(queue) => {
            let arn = stack.own(&format!("queue/{}/arn", queue.name))?;
            rights.allow(
                "sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage",
                &format!("!Ref {arn}"),
            );
        }
        Kind::Relay => {
            let stream = stack.own("stream-arn")?;
            let actions = "dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator, dynamodb:ListStreams";
            rights.allow(actions, &format!("!Ref {stream}"));
            let dead = dead_letters(stack)?;
            rights.allow("sqs:SendMessage", &format!("!Ref {dead}"));
        }
        Kind::Endpoint(_)
        | Kind::Schedule { .. }
        | Kind::Authorizer
        | Kind::Socket { .. }
        | Kind::Replay
        | Kind::Task { .. } => {}
    }
    Ok(())
}

pub fn print(stack: &mut Stack<'_>, described: &Described) -> Result<()> {
    let id = pascal(described.name);
    match &described.description.kind {
        Kind::Consumer(queue) => consumer(stack, &id, queue)?,
        Kind::Relay => relay(stack, &id)?,
        Kind::Schedule { every } => schedule(stack, &id, described.name, *every)?,
        Kind::Endpoint(_) | Kind::Authorizer | Kind::Socket { .. } | Kind::Replay | Kind::Task { .. } => {}
    }
    Ok(())
}

fn consumer(stack: &mut Stack<'_>, id: &str, queue: &Queue) -> Result<()> {
    let arn = stack.own(&format!("queue/{}/arn", queue.name))?;
    stack.add(
        &format!("{id}Source"),
        "AWS::Lambda::EventSourceMapping",
        &format!(
            "FunctionName: !Ref {id}Function\nEventSourceArn: !Ref {arn}\nBatchSize: {}\n\
             FunctionResponseTypes: [ReportBatchItemFailures]\nScalingConfig: {{MaximumConcurrency: {CONSUMERS}}}\n",
            queue.batch
        ),
    );
    for (context, types) in by_producer(&queue.events) {
        for kind in &types {
            stack.project.contract(kind)?;
        }
        let topic = stack.published(format!("/{context}/topic-arn"))?;
        stack.add(
            &format!("{id}From{}", pascal(context)),
            "AWS::SNS::Subscription",
            &format!(
                "TopicArn: !Ref {topic}\nProtocol: sqs\nEndpoint: !Ref {arn}\nRawMessageDelivery: true\n\
                 FilterPolicy: {{event_type: [{}]}}\n",
                types.join(", ")
            ),
        );
    }
    Ok(())
}

fn by_producer<'a>(events: &[&'a str]) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for kind in events {
        all.entry(producer(kind)).or_default().push(*kind);
    }
    all
}

/// What it gives up on says only where in the stream it failed; the sweep publishes the items themselves. So it gives up
/// after an hour instead of holding up what comes behind for a day.
fn relay(stack: &mut Stack<'_>, id: &str) -> Result<()> {
    let stream = stack.own("stream-arn")?;
    let dead = dead_letters(stack)?;
    stack.add(
        &format!("{id}Source"),
        "AWS::Lambda::EventSourceMapping",
        &format!(
            "FunctionName: !Ref {id}Function\nEventSourceArn: !Ref {stream}\nStartingPosition: TRIM_HORIZON\nBatchSize: 25\n\
             BisectBatchOnFunctionError: true\nMaximumRetryAttempts: 20\nMaximumRecordAgeInSeconds: 3600\n\
             FunctionResponseTypes: [ReportBatchItemFailures]\nDestinationConfig: {{OnFailure: {{Destination: !Ref {dead}}}}}\n\
             FilterCriteria:\n  Filters:\n    - Pattern: '{OUTBOX}'\n"
        ),
    );
    Ok(())
}

const OUTBOX: &str = r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["outbox"]}}}}"#;

fn dead_letters(stack: &mut Stack<'_>) -> Result<String> {
    let context = stack.context.name;
    stack.own(&format!("queue/relay-{context}-dlq/arn"))
}

fn schedule(stack: &mut Stack<'_>, id: &str, name: &str, every: Duration) -> Result<()> {
    let mut role = role::trust("scheduler.amazonaws.com");
    role.push_str(&format!(
        "PermissionsBoundary: !If [HasBoundary, !Ref PermissionsBoundary, !Ref AWS::NoValue]\n\
         Policies:\n  - PolicyName: exact\n    PolicyDocument:\n      Version: '2012-10-17'\n      Statement:\n        \
         - {{Effect: Allow, Action: [lambda:InvokeFunction], Resource: !GetAtt {id}Function.Arn}}\n"
    ));
    stack.add(&format!("{id}ScheduleRole"), "AWS::IAM::Role", &role);
    // Who comes too late lets the next one do the work.
    let patience = every.as_secs().clamp(60, 86_400);
    stack.add(
        &format!("{id}Schedule"),
        "AWS::Scheduler::Schedule",
        &format!(
            "Name: !Sub 'caravan-${{Stage}}-{name}'\nScheduleExpression: {}\nFlexibleTimeWindow: {{Mode: 'OFF'}}\n\
             Target:\n  Arn: !GetAtt {id}Function.Arn\n  RoleArn: !GetAtt {id}ScheduleRole.Arn\n  Input: '{{}}'\n  \
             RetryPolicy: {{MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: {patience}}}\n",
            rate(name, every)?
        ),
    );
    Ok(())
}

/// EventBridge counts in minutes, hours and days, and wants the singular for one.
fn rate(name: &str, every: Duration) -> Result<String> {
    let seconds = every.as_secs();
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let whole = units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    let Some((unit, word)) = whole else { bail!("`{name}`: a schedule counts in whole minutes") };
    let count = seconds / unit;
    Ok(format!("rate({count} {word}{})", if count == 1 { "" } else { "s" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::time;

    #[test]
    fn a_rate_is_spelled_as_the_scheduler_wants_it() {
        for (every, text) in [
            (time::minutes(1), "rate(1 minute)"),
            (time::minutes(90), "rate(90 minutes)"),
            (time::hours(1), "rate(1 hour)"),
            (time::days(2), "rate(2 days)"),
        ] {
            assert_eq!(rate("x", every).unwrap(), text);
        }
        assert!(rate("x", time::seconds(30)).is_err());
    }
}
