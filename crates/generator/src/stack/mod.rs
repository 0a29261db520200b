//! `infra/<context>/functions.yaml`: everything of a context that holds no state.

mod alarms;
mod api;
mod events;
mod role;
mod socket;

pub use api::{DEFAULT, key};
pub use socket::{STAGE, exists as has_sockets};

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Result, bail};
use platform::Described;
use platform::describe::Kind;

use crate::names::{indented, pascal};
use crate::project::{Context, Project};

/// An HTTP API takes 300 integrations and a stack 500 resources. Above these a context has to be divided.
pub const INTEGRATIONS: usize = 280;
pub const RESOURCES: usize = 450;
/// Lambda's limit, less `caravan-production-`.
const NAME_LENGTH: usize = 64 - "caravan-production-".len();

/// A template while it is written.
pub struct Stack<'a> {
    project: &'a Project,
    pub context: &'a Context,
    /// SSM parameters it reads, by the name of the template's parameter.
    registry: BTreeMap<String, String>,
    resources: String,
    /// Logical ids, to count them and to find one that comes twice.
    ids: Vec<String>,
}

/// A stack's text and its size.
pub struct Printed {
    pub text: String,
    pub integrations: usize,
    pub resources: usize,
}

impl Stack<'_> {
    /// The template's parameter whose value another stack publishes under `/caravan/<stage>` and this path.
    pub fn published(&mut self, path: String) -> Result<String> {
        if !self.project.registry.contains(&path) {
            bail!(
                "{}: no stack publishes /caravan/<stage>{path}; it belongs into a data.yaml or into template.yaml",
                self.context.name
            );
        }
        let name = pascal(&path);
        self.registry.insert(name.clone(), path);
        Ok(name)
    }

    /// A parameter of the context's own data stack.
    pub fn own(&mut self, name: &str) -> Result<String> {
        self.published(format!("/{}/{name}", self.context.name))
    }

    pub fn add(&mut self, id: &str, kind: &str, properties: &str) {
        self.add_with(id, kind, "", properties);
    }

    /// `attributes` stand beside the properties: a deletion policy, metadata.
    pub fn add_with(&mut self, id: &str, kind: &str, attributes: &str, properties: &str) {
        let attributes = indented(attributes, 4);
        let properties = indented(properties, 6);
        let _ =
            write!(self.resources, "  {id}:\n    Type: {kind}\n{attributes}    Properties:\n{properties}");
        self.ids.push(id.to_owned());
    }

    /// A blank line, where something else begins.
    pub fn space(&mut self) {
        self.resources.push('\n');
    }
}

/// Prints the stack of a context; refuses one that AWS would not take.
pub fn print(project: &Project, context: &Context) -> Result<Printed> {
    let mut stack =
        Stack { project, context, registry: BTreeMap::new(), resources: String::new(), ids: Vec::new() };
    let integrations = api::print(&mut stack)?;
    socket::print(&mut stack)?;
    for described in &context.functions {
        function(&mut stack, described)?;
    }
    alarms::print(&mut stack)?;
    let resources = stack.ids.len();
    if integrations > INTEGRATIONS || resources > RESOURCES {
        bail!(
            "{}: {integrations} integrations and {resources} resources; at most {INTEGRATIONS} and {RESOURCES}. Divide it.",
            context.name
        );
    }
    distinct(&stack.ids)?;
    Ok(Printed { text: template(&stack), integrations, resources })
}

fn distinct(ids: &[String]) -> Result<()> {
    let mut sorted = ids.to_vec();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => bail!("two resources would be called {}: rename one of their functions", pair[0]),
        None => Ok(()),
    }
}

/// The function, its log group, its role, and what calls it.
fn function(stack: &mut Stack<'_>, described: &Described) -> Result<()> {
    let Described { name, description } = described;
    if name.len() > NAME_LENGTH {
        bail!("`{name}` is longer than {NAME_LENGTH} characters, which is what Lambda has left for it");
    }
    let id = pascal(name);
    stack.space();
    let mut rights = role::rights(stack, &description.grants)?;
    events::rights(stack, described, &mut rights)?;
    if matches!(description.kind, Kind::Endpoint(_)) {
        stack.published("/platform/edge-enabled".into())?;
        let secret = stack.published("/platform/secret/edge-secret/arn".into())?;
        let value = format!("!Sub '{{{{resolve:secretsmanager:${{{secret}}}:SecretString}}}}'");
        rights.variable("EDGE_SECRETS", &format!("!If [BehindEdge, {value}, '']"));
    }
    let mut properties = format!(
        "FunctionName: !Sub 'caravan-${{Stage}}-{name}'\n{}CodeUri: ../../target/functions/{name}.zip\n\
         Role: !GetAtt {id}Role.Arn\nMemorySize: {}\nTimeout: {}\nLoggingConfig: {{LogGroup: !Ref {id}LogGroup}}\n",
        summary(stack.context.summary(name)),
        description.memory,
        seconds(description.timeout),
    );
    if !rights.variables.is_empty() {
        properties.push_str("Environment:\n  Variables:\n");
        for (name, value) in &rights.variables {
            let _ = writeln!(properties, "    {name}: {value}");
        }
    }
    stack.add(&format!("{id}Function"), "AWS::Serverless::Function", &properties);
    stack.add_with(
        &format!("{id}LogGroup"),
        "AWS::Logs::LogGroup",
        "DeletionPolicy: Delete\nUpdateReplacePolicy: Delete\n",
        &format!("LogGroupName: !Sub '/aws/lambda/caravan-${{Stage}}-{name}'\nRetentionInDays: 30\n"),
    );
    role::print(stack, &id, &rights);
    match &description.kind {
        Kind::Endpoint(http) => api::routes(stack, &id, http),
        Kind::Authorizer => socket::authorization(stack, &id),
        Kind::Socket { route } => socket::route(stack, &id, route)?,
        _ => events::print(stack, described)?,
    }
    Ok(())
}

/// As the function's description, in quotes that YAML understands; Lambda takes 256 characters.
fn summary(text: &str) -> String {
    let text: String = text.chars().take(256).collect();
    if text.is_empty() { text } else { format!("Description: '{}'\n", text.replace('\'', "''")) }
}

fn seconds(duration: Duration) -> u64 {
    duration.as_secs()
}

fn template(stack: &Stack<'_>) -> String {
    let name = stack.context.name;
    let has_api = stack.context.endpoints().next().is_some();
    let mut text = format!(
        "# Written by `cargo xtask generate` from the descriptions in functions/{name}/src.\n\
         AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\n\
         Description: Caravan, {name}. What has no state; tables and queues are in data.yaml.\n\n\
         Parameters:\n{PARAMETERS}"
    );
    // A condition that nothing uses is a finding of cfn-lint.
    let deployed = if stack.resources.contains("Deployed") { DEPLOYED } else { "" };
    let edge = if has_api { BEHIND_EDGE } else { "" };
    for (name, path) in &stack.registry {
        let _ = write!(
            text,
            "  {name}:\n    Type: AWS::SSM::Parameter::Value<String>\n    Default: /caravan/local{path}\n"
        );
    }
    let _ = write!(
        text,
        "\nConditions:\n{edge}{deployed}  HasBoundary: !Not [!Equals [!Ref PermissionsBoundary, '']]\n\n\
         Globals:\n  Function:\n    Runtime: provided.al2023\n    Handler: bootstrap\n    Architectures: [!Ref Architecture]\n    \
         Environment:\n      Variables:\n        STAGE: !Ref Stage\n        CONTEXT: {name}\n        VERSION: !Ref Version\n        \
         RATE_LIMITS: !Ref RateLimits\n        PUBLIC_URL: !Ref PlatformPublicUrl\n\n\
         Resources:\n{}",
        stack.resources.trim_start_matches('\n')
    );
    let has_sockets = socket::exists(stack.context);
    if has_api || has_sockets {
        text.push_str("\nOutputs:\n");
    }
    if has_api {
        text.push_str(API_URL);
    }
    if has_sockets {
        let _ = writeln!(text, "{SOCKET_URL}    Value: !Sub '{}'", socket::address("wss"));
    }
    text
}

const PARAMETERS: &str = "  Stage:
    Type: String
    Default: local
    AllowedValues: [local, staging, production]
  Architecture:
    Type: String
    Default: arm64
    AllowedValues: [arm64, x86_64]
  Version:
    Type: String
    Default: development
    Description: The commit that is deployed.
  RateLimits:
    Type: String
    Default: production
    AllowedValues: [production, wide]
  PermissionsBoundary:
    Type: String
    Default: ''
    Description: The ARN of a policy that no role of a function may exceed; none when empty.
";

const DEPLOYED: &str = "  Deployed: !Not [!Equals [!Ref Stage, local]]\n";

const BEHIND_EDGE: &str = "  BehindEdge: !Equals [!Ref PlatformEdgeEnabled, 'true']\n";

const API_URL: &str = "  ApiUrl:
    Description: The context's own address; clients use the front door.
    Value: !GetAtt Api.ApiEndpoint
";

const SOCKET_URL: &str = "  SocketUrl:
    Description: Where clients open a WebSocket.
";
