//! The context's WebSocket API: who may connect, and its routes.

use anyhow::{Result, bail};
use platform::Described;
use platform::describe::Kind;

use super::{Stack, api};
use crate::names::pascal;
use crate::project::Context;

/// The stage's name, and so the end of the API's address.
pub const STAGE: &str = "live";
const CONNECT: &str = "$connect";

/// Whether the context has a WebSocket API at all.
pub fn exists(context: &Context) -> bool {
    routes(context).next().is_some()
}

fn routes(context: &Context) -> impl Iterator<Item = (&Described, &'static str)> {
    context.functions.iter().filter_map(|function| match function.description.kind {
        Kind::Socket { route } => Some((function, route)),
        _ => None,
    })
}

/// Who decides about connections: the context's only authorizer.
fn authorizer(context: &Context) -> Result<&'static str> {
    let mut all =
        context.functions.iter().filter(|function| matches!(function.description.kind, Kind::Authorizer));
    match (all.next(), all.next()) {
        (Some(one), None) => Ok(one.name),
        _ => bail!("{}: a WebSocket API needs one authorizer, and one only", context.name),
    }
}

/// The API with its stage and its place in the registry.
pub fn print(stack: &mut Stack<'_>) -> Result<()> {
    let context = stack.context;
    if !exists(context) {
        return Ok(());
    }
    authorizer(context)?;
    if !routes(context).any(|(_, route)| route == CONNECT) {
        bail!("{}: without a function for {CONNECT} nobody asks the authorizer", context.name);
    }
    let name = context.name;
    stack.space();
    stack.add(
        "SocketApi",
        "AWS::ApiGatewayV2::Api",
        &format!(
            "Name: !Sub 'caravan-${{Stage}}-{name}-sockets'\nProtocolType: WEBSOCKET\n\
             RouteSelectionExpression: $request.body.action\n"
        ),
    );
    // A WebSocket API without routes cannot be deployed.
    let routes: Vec<_> =
        routes(context).map(|(function, _)| format!("{}Route", pascal(function.name))).collect();
    stack.add_with(
        "SocketStage",
        "AWS::ApiGatewayV2::Stage",
        &format!("DependsOn: [{}]\n", routes.join(", ")),
        LIVE,
    );
    stack.add_with(
        "SocketsLogGroup",
        "AWS::Logs::LogGroup",
        "DeletionPolicy: Delete\nUpdateReplacePolicy: Delete\n",
        &format!(
            "LogGroupName: !Sub '/aws/vendedlogs/caravan-${{Stage}}-{name}-sockets'\nRetentionInDays: 30\n"
        ),
    );
    let url = format!("!Sub '{}'", address("wss"));
    for (id, key, value) in
        [("SocketApiId", "socket-api-id", "!Ref SocketApi"), ("SocketUrl", "socket-url", &url)]
    {
        stack.add(
            &format!("{id}Parameter"),
            "AWS::SSM::Parameter",
            &format!("Name: !Sub '/caravan/${{Stage}}/{name}/{key}'\nType: String\nValue: {value}\n"),
        );
    }
    Ok(())
}

/// Where AWS serves the API.
pub fn address(scheme: &str) -> String {
    format!("{scheme}://${{SocketApi}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{STAGE}")
}

/// Sending is a POST to a connection of this API.
pub fn connections() -> String {
    format!(
        "!Sub 'arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{SocketApi}}/{STAGE}/POST/@connections/*'"
    )
}

/// Connections are not named: the lines of a connection's functions say whose it is.
const LIVE: &str = r#"ApiId: !Ref SocketApi
StageName: live
AutoDeploy: true
DefaultRouteSettings: {ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 500}
AccessLogSettings:
  DestinationArn: !GetAtt SocketsLogGroup.Arn
  Format: '{"request.id":"$context.requestId","socket.route":"$context.routeKey","socket.status":"$context.status","duration_ms":"$context.integrationLatency","error":"$context.integrationErrorMessage"}'
"#;

/// Asked on `$connect`. The token may come in either of two headers, and API Gateway refuses whoever lacks a header that
/// is listed as a source of identity: so none is. The offline cloud would put `Authorization` where nothing stands.
pub fn authorization(stack: &mut Stack<'_>, id: &str) {
    stack.add(
        &format!("{id}Authorizer"),
        "AWS::ApiGatewayV2::Authorizer",
        &format!(
            "ApiId: !Ref SocketApi\nName: {id}\nAuthorizerType: REQUEST\nAuthorizerUri: {}\n\
             IdentitySource: !If [Deployed, !Ref AWS::NoValue, []]\n",
            invocation(id)
        ),
    );
    api::permission(stack, id, &format!("${{SocketApi}}/authorizers/${{{id}Authorizer}}"));
}

/// The integration of a route, the route, and the API's permission to call it.
pub fn route(stack: &mut Stack<'_>, id: &str, route: &str) -> Result<()> {
    stack.add(
        &format!("{id}Integration"),
        "AWS::ApiGatewayV2::Integration",
        &format!("ApiId: !Ref SocketApi\nIntegrationType: AWS_PROXY\nIntegrationUri: {}\n", invocation(id)),
    );
    let authorization = if route == CONNECT {
        let authorizer = pascal(authorizer(stack.context)?);
        format!("AuthorizationType: CUSTOM\nAuthorizerId: !Ref {authorizer}Authorizer\n")
    } else {
        String::new()
    };
    stack.add(
        &format!("{id}Route"),
        "AWS::ApiGatewayV2::Route",
        &format!(
            "ApiId: !Ref SocketApi\nRouteKey: {route}\n{authorization}Target: !Sub 'integrations/${{{id}Integration}}'\n"
        ),
    );
    api::permission(stack, id, "${SocketApi}/*");
    Ok(())
}

/// WebSocket APIs want the address of the call, not the function's.
fn invocation(id: &str) -> String {
    format!(
        "!Sub 'arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{id}Function.Arn}}/invocations'"
    )
}
