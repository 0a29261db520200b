//! A function's role: exactly what its grants name, and the variables that come with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Result, bail};
use platform::describe::{Action, Grant, variable};

use super::{Stack, socket};

/// Statements and environment variables of one function.
#[derive(Default)]
pub struct Rights {
    statements: Vec<String>,
    pub variables: BTreeMap<String, String>,
    /// Publishing to phones has no resource of its own, which the rules of this project refuse elsewhere.
    phones: bool,
}

impl Rights {
    pub fn allow(&mut self, actions: &str, resource: &str) {
        self.statements.push(format!("{{Effect: Allow, Action: [{actions}], Resource: {resource}}}"));
    }

    /// What the offline cloud asks for where AWS asks for something else: it takes the name of a batch call for an action, and
    /// sees no resource in some calls.
    fn allow_offline(&mut self, action: &str, resource: &str) {
        self.statements.push(format!(
            "!If [Deployed, !Ref AWS::NoValue, {{Effect: Allow, Action: [{action}], Resource: {resource}}}]"
        ));
    }

    pub fn variable(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }
}

/// What the grants mean. The platform's key needs no statement: its policy lets those use it who may use the queue.
pub fn rights(stack: &mut Stack<'_>, grants: &[Grant]) -> Result<Rights> {
    let mut rights = Rights::default();
    let own = actions(grants, |grant| if let Grant::Table(actions) = grant { actions } else { &[] });
    if !own.is_empty() {
        let arn = stack.own("table-arn")?;
        rights.allow(&listed(&own), &table(&arn, &own));
        rights.variable("TABLE_NAME", &format!("!Ref {}", stack.own("table-name")?));
    }
    let sessions = actions(grants, |grant| if let Grant::Sessions(actions) = grant { actions } else { &[] });
    if !sessions.is_empty() {
        let arn = stack.published("/identity/sessions-table-arn".into())?;
        rights.allow(&listed(&sessions), &table(&arn, &sessions));
        let name = stack.published("/identity/sessions-table-name".into())?;
        rights.variable("SESSIONS_TABLE_NAME", &format!("!Ref {name}"));
    }
    let mut seen = Vec::new();
    for grant in grants {
        if !seen.contains(grant) {
            other(stack, *grant, &mut rights)?;
            seen.push(*grant);
        }
    }
    Ok(rights)
}

fn other(stack: &mut Stack<'_>, grant: Grant, rights: &mut Rights) -> Result<()> {
    match grant {
        Grant::Table(_) | Grant::Sessions(_) => {}
        Grant::Secret(name) => {
            let owner = stack.project.owner_of_secret(stack.context.name, name);
            let arn = stack.published(format!("/{owner}/secret/{name}/arn"))?;
            rights.allow("secretsmanager:GetSecretValue", &format!("!Ref {arn}"));
            rights.variable(&variable("SECRET", name), &format!("!Ref {arn}"));
        }
        Grant::Queue(name) => {
            let arn = queue(stack, name, "sqs:SendMessage", rights)?;
            rights.allow_offline("sqs:SendMessageBatch", &format!("!Ref {arn}"));
        }
        Grant::SnapshotQueues => {
            for name in stack.project.takers_of_snapshots(stack.context.name) {
                queue(stack, name, "sqs:SendMessage", rights)?;
            }
        }
        Grant::QueueDepths => {
            let own: Vec<_> = stack.context.consumers().map(|(_, own)| own.name).collect();
            for name in own {
                queue(stack, name, "sqs:GetQueueAttributes", rights)?;
            }
        }
        Grant::Topic => {
            let topic = stack.own("topic-arn")?;
            rights.allow("sns:Publish", &format!("!Ref {topic}"));
            rights.allow_offline("sns:PublishBatch", &format!("!Ref {topic}"));
            rights.variable("TOPIC_ARN", &format!("!Ref {topic}"));
        }
        Grant::Connections => {
            if !socket::exists(stack.context) {
                bail!(
                    "{}: no function takes a route of a WebSocket API, so none has connections",
                    stack.context.name
                );
            }
            rights.allow("execute-api:ManageConnections", &socket::connections());
            rights.variable("SOCKET_API_ID", "!Ref SocketApi");
            rights.variable("SOCKET_STAGE", socket::STAGE);
            rights.variable("SOCKET_API_URL", &format!("!Sub '{}'", socket::address("https")));
        }
        Grant::Mail => mail(stack, "ses:SendEmail", rights)?,
        // SES checks the right to send raw mail as soon as a mail has headers or files of its own.
        Grant::Letters => mail(stack, "ses:SendEmail, ses:SendRawEmail", rights)?,
        Grant::Push => {
            // An application has the stage's name. Its endpoints begin with `endpoint` on AWS, and with `app` offline.
            let named = |name: String| {
                format!("!Sub 'arn:${{AWS::Partition}}:sns:${{AWS::Region}}:${{AWS::AccountId}}:{name}'")
            };
            let all = ["GCM", "APNS", "APNS_SANDBOX"].into_iter().flat_map(|platform| {
                let name = format!("{platform}/caravan-${{Stage}}");
                [format!("app/{name}"), format!("app/{name}/*"), format!("endpoint/{name}/*")].map(named)
            });
            let all = all.collect::<Vec<_>>().join(", ");
            rights.allow("sns:CreatePlatformEndpoint, sns:Publish", &format!("[{all}]"));
        }
        Grant::Text => {
            rights.phones = true;
            let topics = "!Sub 'arn:${AWS::Partition}:sns:*:*:*'";
            rights
                .statements
                .push(format!("{{Effect: Allow, Action: [sns:Publish], NotResource: {topics}}}"));
        }
        Grant::Files(action, prefix) => {
            let bucket = stack.published("/platform/media-bucket".into())?;
            rights
                .allow(action.iam(), &format!("!Sub 'arn:${{AWS::Partition}}:s3:::${{{bucket}}}/{prefix}*'"));
            rights.variable("MEDIA_BUCKET", &format!("!Ref {bucket}"));
        }
        Grant::Cursors => {
            let secret = stack.published("/platform/secret/cursor-key/arn".into())?;
            let value = format!("!Sub '{{{{resolve:secretsmanager:${{{secret}}}:SecretString}}}}'");
            rights.variable("CURSOR_KEY", &value);
        }
        Grant::Setting(name) => {
            let setting = stack.published(format!("/platform/{name}"))?;
            rights.variable(&name.replace('-', "_").to_uppercase(), &format!("!Ref {setting}"));
        }
        Grant::Registry => {
            let folder =
                "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/caravan/${Stage}";
            rights.allow("ssm:GetParametersByPath", &format!("[!Sub '{folder}', !Sub '{folder}/*']"));
            rights.allow_offline("ssm:GetParametersByPath", "'*'");
            rights.variable("REGISTRY_PATH", "!Sub '/caravan/${Stage}/'");
        }
    }
    Ok(())
}

fn mail(stack: &mut Stack<'_>, actions: &str, rights: &mut Rights) -> Result<()> {
    let identity = stack.published("/platform/mail-identity-arn".into())?;
    let from = stack.published("/platform/mail-from".into())?;
    // SES asks for the identity and for the configuration set that the identity brings along.
    let settings = "!Sub 'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/caravan-${Stage}'";
    rights.allow(actions, &format!("[!Ref {identity}, {settings}]"));
    rights.allow_offline("ses:SendEmail", "'*'");
    rights.variable("MAIL_FROM", &format!("!Ref {from}"));
    Ok(())
}

/// Allows one action on a queue; answers the parameter with its ARN.
fn queue(stack: &mut Stack<'_>, name: &str, action: &str, rights: &mut Rights) -> Result<String> {
    let owner = stack.project.owner_of_queue(name)?;
    let arn = stack.published(format!("/{owner}/queue/{name}/arn"))?;
    let url = stack.published(format!("/{owner}/queue/{name}/url"))?;
    rights.allow(action, &format!("!Ref {arn}"));
    rights.variable(&variable("QUEUE", name), &format!("!Ref {url}"));
    Ok(arn)
}

/// The union of what several grants allow on one table.
fn actions(grants: &[Grant], of: fn(Grant) -> &'static [Action]) -> BTreeSet<Action> {
    grants.iter().flat_map(|grant| of(*grant)).copied().collect()
}

fn listed(actions: &BTreeSet<Action>) -> String {
    actions.iter().map(|action| action.iam()).collect::<Vec<_>>().join(", ")
}

/// The table, and its indexes for who may query.
fn table(arn: &str, actions: &BTreeSet<Action>) -> String {
    if actions.contains(&Action::Query) {
        format!("[!Ref {arn}, !Sub '${{{arn}}}/index/*']")
    } else {
        format!("!Ref {arn}")
    }
}

pub fn print(stack: &mut Stack<'_>, id: &str, rights: &Rights) {
    let mut properties = trust("lambda.amazonaws.com");
    properties.push_str(
        "PermissionsBoundary: !If [HasBoundary, !Ref PermissionsBoundary, !Ref AWS::NoValue]\n\
         Policies:\n  - PolicyName: exact\n    PolicyDocument:\n      Version: '2012-10-17'\n      Statement:\n",
    );
    let _ = writeln!(
        properties,
        "        - {{Effect: Allow, Action: [logs:CreateLogStream, logs:PutLogEvents], Resource: !GetAtt {id}LogGroup.Arn}}"
    );
    for statement in &rights.statements {
        let _ = writeln!(properties, "        - {statement}");
    }
    let attributes =
        if rights.phones { "Metadata: {cfn-lint: {config: {ignore_checks: [E9002]}}}\n" } else { "" };
    stack.add_with(&format!("{id}Role"), "AWS::IAM::Role", attributes, &properties);
}

/// Who may act as the role.
pub fn trust(service: &str) -> String {
    format!(
        "AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Principal: {{Service: {service}}}, Action: sts:AssumeRole}}]}}\n"
    )
}
