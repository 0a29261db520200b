//! The context's HTTP API: integrations and routes as plain resources, because SAM's own events
//! make no routes in the offline cloud.

use std::fmt::Write as _;

use anyhow::Result;
use platform::describe::{Http, Route};

use super::{Stack, role};
use crate::names::pascal;

/// The route of what no other route takes.
pub const DEFAULT: &str = "$default";

/// The API with its stage and its place in the registry; answers the number of integrations.
pub fn print(stack: &mut Stack<'_>) -> Result<usize> {
    stack.published("/platform/public-url".into())?;
    let integrations = stack.context.endpoints().count();
    if integrations == 0 {
        return Ok(0);
    }
    let name = stack.context.name;
    let origins = stack.published("/platform/allowed-origins".into())?;
    stack.add(
        "Api",
        "AWS::ApiGatewayV2::Api",
        &format!(
            "Name: !Sub 'caravan-${{Stage}}-{name}'\nProtocolType: HTTP\nCorsConfiguration:\n  \
             AllowOrigins: !Split [',', !Ref {origins}]\n  \
             AllowMethods: [DELETE, GET, PATCH, POST, PUT]\n  \
             AllowHeaders: [authorization, content-type, idempotency-key, x-correlation-id]\n  \
             ExposeHeaders: [location, ratelimit, ratelimit-policy, retry-after, x-correlation-id, x-request-id]\n  \
             MaxAge: 600\n"
        ),
    );
    stack.add("ApiStage", "AWS::ApiGatewayV2::Stage", STAGE);
    let functions = stack
        .context
        .endpoints()
        .map(|(function, _)| format!("!GetAtt {}Function.Arn", pascal(function.name)));
    let functions = functions.collect::<Vec<_>>().join(", ");
    // One role for all, where a permission each would be a resource each: a stack has five hundred.
    let mut role = role::trust("apigateway.amazonaws.com");
    let _ = write!(
        role,
        "PermissionsBoundary: !If [HasBoundary, !Ref PermissionsBoundary, !Ref AWS::NoValue]\n\
         Policies:\n  - PolicyName: exact\n    PolicyDocument:\n      Version: '2012-10-17'\n      Statement:\n        \
         - {{Effect: Allow, Action: [lambda:InvokeFunction], Resource: [{functions}]}}\n"
    );
    stack.add("ApiRole", "AWS::IAM::Role", &role);
    stack.add_with(
        "RequestsLogGroup",
        "AWS::Logs::LogGroup",
        "DeletionPolicy: Delete\nUpdateReplacePolicy: Delete\n",
        &format!("LogGroupName: !Sub '/aws/vendedlogs/caravan-${{Stage}}-{name}-api'\nRetentionInDays: 30\n"),
    );
    for (id, key, value) in
        [("ApiId", "api-id", "!Ref Api"), ("ApiUrl", "api-url", "!GetAtt Api.ApiEndpoint")]
    {
        stack.add(
            &format!("{id}Parameter"),
            "AWS::SSM::Parameter",
            &format!("Name: !Sub '/caravan/${{Stage}}/{name}/{key}'\nType: String\nValue: {value}\n"),
        );
    }
    Ok(integrations)
}

/// What is never logged stays out of the access log as well: paths hold ids, so the route stands for them.
const STAGE: &str = r#"ApiId: !Ref Api
StageName: $default
AutoDeploy: true
DefaultRouteSettings: {ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 500}
AccessLogSettings:
  DestinationArn: !GetAtt RequestsLogGroup.Arn
  Format: '{"request.id":"$context.requestId","http.route":"$context.routeKey","http.status":"$context.status","duration_ms":"$context.responseLatency","error":"$context.integrationErrorMessage"}'
"#;

/// The integration of an endpoint and its routes.
pub fn routes(stack: &mut Stack<'_>, id: &str, http: &Http) {
    stack.add(
        &format!("{id}Integration"),
        "AWS::ApiGatewayV2::Integration",
        &format!(
            "ApiId: !Ref Api\nIntegrationType: AWS_PROXY\nPayloadFormatVersion: '2.0'\nIntegrationUri: !GetAtt {id}Function.Arn\n\
             CredentialsArn: !GetAtt ApiRole.Arn\n"
        ),
    );
    for (at, route) in http.routes.iter().enumerate() {
        let mut name = format!("{id}Route");
        if at > 0 {
            let _ = write!(name, "{}", at + 1);
        }
        stack.add(
            &name,
            "AWS::ApiGatewayV2::Route",
            &format!(
                "ApiId: !Ref Api\nRouteKey: '{}'\nTarget: !Sub 'integrations/${{{id}Integration}}'\n",
                key(route)
            ),
        );
    }
}

pub fn key(route: &Route) -> String {
    if route.path == DEFAULT { DEFAULT.to_owned() } else { format!("{} {}", route.method, route.path) }
}

/// An API may call the function.
pub fn permission(stack: &mut Stack<'_>, id: &str, source: &str) {
    stack.add(
        &format!("{id}Permission"),
        "AWS::Lambda::Permission",
        &format!(
            "Action: lambda:InvokeFunction\nFunctionName: !Ref {id}Function\nPrincipal: apigateway.amazonaws.com\n\
             SourceArn: !Sub 'arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{source}'\n"
        ),
    );
}
