//! The alarms of a context, one of each kind, and its dashboard.

use std::fmt::Write as _;

use anyhow::Result;
use platform::Described;
use platform::describe::Kind;

use super::{Stack, socket};
use crate::names::pascal;

/// An alarm adds up at most ten metrics.
const METRICS: usize = 10;

pub fn print(stack: &mut Stack<'_>) -> Result<()> {
    let topic = stack.published("/platform/alarm-topic-arn".into())?;
    stack.space();
    if stack.context.endpoints().next().is_some() {
        for alarm in OF_AN_API {
            alarm.print(stack, &topic, "[{Name: ApiId, Value: !Ref Api}]", "AWS/ApiGateway");
        }
    }
    if socket::exists(stack.context) {
        for alarm in OF_A_SOCKET_API {
            alarm.print(stack, &topic, "[{Name: ApiId, Value: !Ref SocketApi}]", "AWS/ApiGateway");
        }
    }
    let own = format!(
        "[{{Name: deployment.stage, Value: !Ref Stage}}, {{Name: service.name, Value: {}}}]",
        stack.context.name
    );
    FAULTS.print(stack, &topic, &own, "Caravan");
    let is_relay = |function: &&Described| matches!(function.description.kind, Kind::Relay);
    if let Some(relay) = stack.context.functions.iter().find(is_relay).map(|relay| pascal(relay.name)) {
        let dimensions = format!("[{{Name: FunctionName, Value: !Ref {relay}Function}}]");
        RELAY_BEHIND.print(stack, &topic, &dimensions, "AWS/Lambda");
        OUTBOX_SWEPT.print(stack, &topic, &own, "Caravan");
    }
    errors(stack, &topic);
    dashboard(stack);
    Ok(())
}

struct Alarm {
    id: &'static str,
    metric: &'static str,
    statistic: &'static str,
    /// Seconds, how many of them are looked at, and how many of these must be bad.
    period: u32,
    of: u32,
    bad: u32,
    above: u32,
    description: &'static str,
}

const OF_AN_API: [Alarm; 2] = [
    Alarm {
        id: "ServerErrors",
        metric: "5xx",
        statistic: "Statistic: Sum",
        period: 300,
        of: 1,
        bad: 1,
        above: 5,
        description: "The API answers 5xx. The log lines of its functions say why (error.cause).",
    },
    Alarm {
        id: "SlowAnswers",
        metric: "Latency",
        statistic: "ExtendedStatistic: p99",
        period: 300,
        of: 3,
        bad: 3,
        above: 3000,
        description: "One request in a hundred takes longer than 3 s, for a quarter of an hour.",
    },
];

const OF_A_SOCKET_API: [Alarm; 2] = [
    Alarm {
        id: "SocketErrors",
        metric: "IntegrationError",
        statistic: "Statistic: Sum",
        period: 300,
        of: 1,
        bad: 1,
        above: 5,
        description: "Functions behind the WebSocket API fail. Their log lines say why (error.cause).",
    },
    Alarm {
        id: "SocketsUnreached",
        metric: "ExecutionError",
        statistic: "Statistic: Sum",
        period: 300,
        of: 1,
        bad: 1,
        above: 5,
        description: "The WebSocket API cannot call its authorizer or its functions.",
    },
];

const FAULTS: Alarm = Alarm {
    id: "Faults",
    metric: "Faults",
    statistic: "Statistic: Sum",
    period: 300,
    of: 3,
    bad: 2,
    above: 0,
    description: "Endpoints fail through a fault of ours, again and again. Their log lines say why (error.cause).",
};

const RELAY_BEHIND: Alarm = Alarm {
    id: "RelayBehind",
    metric: "IteratorAge",
    statistic: "Statistic: Maximum",
    period: 60,
    of: 5,
    bad: 3,
    above: 60_000,
    description: "Events wait longer than a minute for the relay. Look at its log.",
};

const OUTBOX_SWEPT: Alarm = Alarm {
    id: "OutboxSwept",
    metric: "OutboxSwept",
    statistic: "Statistic: Sum",
    period: 300,
    of: 1,
    bad: 1,
    above: 0,
    description: "The sweep published what the relay had left behind: nothing is lost, but the relay does not do its work.",
};

impl Alarm {
    fn print(&self, stack: &mut Stack<'_>, topic: &str, dimensions: &str, namespace: &str) {
        let Self { metric, statistic, .. } = self;
        let watched = format!(
            "Namespace: {namespace}\nMetricName: {metric}\nDimensions: {dimensions}\n{statistic}\nPeriod: {}\n",
            self.period
        );
        self.print_on(stack, (self.id, ""), topic, &watched);
    }

    fn print_on(&self, stack: &mut Stack<'_>, (id, attributes): (&str, &str), topic: &str, watched: &str) {
        let name = format!("caravan-${{Stage}}-{}-{}", stack.context.name, kebab(id));
        stack.add_with(
            id,
            "AWS::CloudWatch::Alarm",
            attributes,
            &format!(
                "AlarmName: !Sub '{name}'\nAlarmDescription: '{}'\n{watched}EvaluationPeriods: {}\nDatapointsToAlarm: {}\n\
                 Threshold: {}\nComparisonOperator: GreaterThanThreshold\nTreatMissingData: notBreaching\n\
                 AlarmActions: [!Ref {topic}]\n",
                self.description, self.of, self.bad, self.above
            ),
        );
    }
}

fn kebab(id: &str) -> String {
    crate::names::snake(id).replace('_', "-")
}

const ERRORS: Alarm = Alarm {
    id: "AsyncErrors",
    metric: "Errors",
    statistic: "Stat: Sum",
    period: 300,
    of: 1,
    bad: 1,
    above: 0,
    description: "A consumer, the relay or a schedule failed as a whole. Its log lines say why (error.cause).",
};

/// Functions that nobody waits for: without an alarm nobody would see them fail. The offline cloud does not add metrics up.
fn errors(stack: &mut Stack<'_>, topic: &str) {
    let unwatched = |function: &&Described| {
        matches!(function.description.kind, Kind::Consumer(_) | Kind::Relay | Kind::Schedule { .. })
    };
    let ids: Vec<_> =
        stack.context.functions.iter().filter(unwatched).map(|function| pascal(function.name)).collect();
    for (at, some) in ids.chunks(METRICS).enumerate() {
        let mut metrics =
            format!("Metrics:\n  - {{Id: sum, Expression: {}, Label: errors}}\n", sum(some.len()));
        for (at, id) in some.iter().enumerate() {
            let _ = writeln!(
                metrics,
                "  - {{Id: m{at}, ReturnData: false, MetricStat: {{Stat: Sum, Period: {}, Metric: {{Namespace: AWS/Lambda, MetricName: Errors, Dimensions: [{{Name: FunctionName, Value: !Ref {id}Function}}]}}}}}}",
                ERRORS.period
            );
        }
        let id = if at == 0 { ERRORS.id.to_owned() } else { format!("{}{}", ERRORS.id, at + 1) };
        ERRORS.print_on(stack, (&id, "Condition: Deployed\n"), topic, &metrics);
    }
}

fn sum(count: usize) -> String {
    let each = (0..count).map(|at| format!("m{at}")).collect::<Vec<_>>().join(", ");
    format!("'SUM([{each}])'")
}

/// What a context does at a glance: traffic, faults and time from its own log lines.
fn dashboard(stack: &mut Stack<'_>) {
    let name = stack.context.name;
    let own = format!(r#""deployment.stage", "${{Stage}}", "service.name", "{name}""#);
    let mut widgets = Vec::new();
    if stack.context.endpoints().next().is_some() {
        widgets.push(widget(
            "Requests",
            "Sum",
            &[
                r#"["AWS/ApiGateway", "Count", "ApiId", "${Api}"]"#,
                r#"["AWS/ApiGateway", "4xx", "ApiId", "${Api}"]"#,
                r#"["AWS/ApiGateway", "5xx", "ApiId", "${Api}"]"#,
            ],
        ));
        widgets.push(widget("Latency, ms", "p99", &[r#"["AWS/ApiGateway", "Latency", "ApiId", "${Api}"]"#]));
    }
    if socket::exists(stack.context) {
        widgets.push(widget(
            "Sockets",
            "Sum",
            &[
                r#"["AWS/ApiGateway", "ConnectCount", "ApiId", "${SocketApi}"]"#,
                r#"["AWS/ApiGateway", "MessageCount", "ApiId", "${SocketApi}"]"#,
                r#"["AWS/ApiGateway", "ClientError", "ApiId", "${SocketApi}"]"#,
                r#"["AWS/ApiGateway", "IntegrationError", "ApiId", "${SocketApi}"]"#,
                r#"["AWS/ApiGateway", "ExecutionError", "ApiId", "${SocketApi}"]"#,
            ],
        ));
    }
    widgets.push(widget(
        "Faults and failures",
        "Sum",
        &[
            &format!(r#"["Caravan", "Faults", {own}]"#),
            &format!(r#"["Caravan", "MessagesFailed", {own}]"#),
            &format!(r#"["Caravan", "OutboxFailed", {own}]"#),
            &format!(r#"["Caravan", "OutboxSwept", {own}]"#),
        ],
    ));
    widgets.push(widget(
        "Time of an invocation, ms",
        "p99",
        &[&format!(r#"["Caravan", "Duration", {own}]"#)],
    ));
    let body = format!("{{\"widgets\": [\n  {}\n]}}\n", widgets.join(",\n  "));
    let body = crate::names::indented(&body, 2);
    stack.add(
        "Dashboard",
        "AWS::CloudWatch::Dashboard",
        &format!("DashboardName: !Sub 'caravan-${{Stage}}-{name}'\nDashboardBody: !Sub |\n{body}"),
    );
}

fn widget(title: &str, statistic: &str, metrics: &[&str]) -> String {
    let metrics = metrics.join(", ");
    format!(
        r#"{{"type": "metric", "width": 12, "height": 6, "properties": {{"title": "{title}", "region": "${{AWS::Region}}", "stat": "{statistic}", "period": 300, "metrics": [{metrics}]}}}}"#
    )
}
