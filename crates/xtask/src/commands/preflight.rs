//! `preflight`: is an AWS account ready for its first deploy?

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use hyper::Method;
use serde_json::{Value, json};

use crate::aws::{Aws, Request};
use crate::cli::Stage;
use crate::deploy::samconfig;
use crate::progress;

/// What one account may run at once before anybody asks for more; new accounts get less.
const CONCURRENCY: u64 = 1000;

/// How a check ended.
enum Finding {
    Ok(String),
    /// Works, but will hurt some day.
    Warn(String),
    /// A deploy or its users would fail.
    Fail(String),
}

use Finding::{Fail, Ok as Fine, Warn};

/// Prints a line per check with its remedy; the exit code says whether nothing failed.
pub async fn run(stage: Stage) -> Result<ExitCode> {
    if stage == Stage::Local {
        bail!("preflight looks at an AWS account: `--env staging` or `--env production`");
    }
    let aws = progress::step("finding the account", Aws::of_stage(stage.name())).await?;
    let domain = samconfig::read(stage.name())?.parameters.remove("MailDomain");
    let domain = domain.context("samconfig.toml sets no MailDomain for this stage")?;
    let mut failed = false;
    for (what, finding) in [
        ("account", account(&aws, stage).await),
        ("Lambda concurrency", concurrency(&aws).await),
        ("mail sending", mail(&aws).await),
        ("mail domain", mail_domain(&aws, &domain).await),
        ("mail configuration set", configuration_set(&aws, stage).await),
        ("text messages", texts(&aws).await),
        ("artifacts bucket", artifacts(&aws).await),
        ("stacks", quota(&aws, "cloudformation", "L-0485CB21", 100).await),
        ("tables", quota(&aws, "dynamodb", "L-F98FE922", 100).await),
    ] {
        // What we may not read is no failure of the account.
        let finding = finding.unwrap_or_else(|error| Warn(format!("cannot be read: {error:#}")));
        failed |= matches!(finding, Fail(_));
        let (mark, text) = match finding {
            Fine(text) => ("ok  ", text),
            Warn(text) => ("warn", text),
            Fail(text) => ("FAIL", text),
        };
        progress::line(format_args!("  {mark}  {what}: {text}"));
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn account(aws: &Aws, stage: Stage) -> Result<Finding> {
    let answer = query(aws, "sts", "2011-06-15", "GetCallerIdentity").await?;
    let id = element(&answer, "Account").context("no account in the answer")?;
    Ok(Fine(format!("{id} in {}; make sure that it is the one of {}", aws.region, stage.name())))
}

async fn concurrency(aws: &Aws) -> Result<Finding> {
    let limit = aws.lambda_concurrency().await?;
    Ok(if limit < CONCURRENCY {
        Fail(format!(
            "{limit} at once; ask for {CONCURRENCY} or more: Service Quotas, Lambda, Concurrent executions (L-B99A9384)"
        ))
    } else {
        Fine(format!("{limit} at once"))
    })
}

async fn mail(aws: &Aws) -> Result<Finding> {
    let account = ses(aws, "account").await?.context("SES answers nothing")?;
    Ok(if account["ProductionAccessEnabled"] != true {
        Fail("SES is in the sandbox: only verified addresses get mail. SES console, Account dashboard, Request production access".into())
    } else if account["SendingEnabled"] != true {
        Fail("SES paused sending for this account: SES console, Account dashboard".into())
    } else {
        Fine(format!("{} mails a day", account["SendQuota"]["Max24HourSend"]))
    })
}

async fn mail_domain(aws: &Aws, domain: &str) -> Result<Finding> {
    Ok(match ses(aws, &format!("identities/{domain}")).await? {
        None => Warn(format!(
            "SES does not know {domain} yet; the platform stack creates it, then put its DKIM records (outputs of the stack) into DNS"
        )),
        Some(identity) if identity["DkimAttributes"]["Status"] != "SUCCESS" => Fail(format!(
            "DKIM of {domain} is {}: put the records (outputs of the platform stack) into DNS",
            identity["DkimAttributes"]["Status"]
        )),
        Some(identity) if identity["VerifiedForSendingStatus"] != true => {
            Fail(format!("{domain} is not verified"))
        }
        Some(_) => Fine(format!("{domain} is verified and signs with DKIM")),
    })
}

async fn configuration_set(aws: &Aws, stage: Stage) -> Result<Finding> {
    let name = format!("caravan-{}", stage.name());
    let path = format!("configuration-sets/{name}");
    if ses(aws, &path).await?.is_none() {
        return Ok(Warn(format!("{name} is not there yet; the platform stack creates it")));
    }
    let destinations = ses(aws, &format!("{path}/event-destinations")).await?.unwrap_or_default();
    let text = destinations.to_string();
    Ok(if text.contains("BOUNCE") && text.contains("COMPLAINT") {
        Fine(format!("{name} reports bounces and complaints"))
    } else {
        Fail(format!(
            "{name} does not report bounces and complaints: SES closes accounts that ignore them; deploy the platform stack"
        ))
    })
}

async fn texts(aws: &Aws) -> Result<Finding> {
    let sandbox = query(aws, "sns", "2010-03-31", "GetSMSSandboxAccountStatus").await?;
    if element(&sandbox, "IsInSandbox") == Some("true") {
        return Ok(Warn("SNS is in the SMS sandbox: only verified numbers get texts. SNS console, Text messaging, Exit SMS sandbox".into()));
    }
    let numbers = query(aws, "sns", "2010-03-31", "ListOriginationNumbers").await?;
    Ok(match element(&numbers, "PhoneNumber") {
        Some(number) => Fine(format!("sent from {number}")),
        None => Warn("no origination number: some countries refuse texts without one. End User Messaging console, Phone numbers".into()),
    })
}

async fn artifacts(aws: &Aws) -> Result<Finding> {
    let action = "DescribeStacks&StackName=aws-sam-cli-managed-default";
    let found = query(aws, "cloudformation", "2010-05-15", action).await;
    Ok(match found {
        Ok(_) => Fine("the SAM command line has its bucket".into()),
        Err(error) if format!("{error:#}").contains("does not exist") => {
            Warn("the first `sam deploy` creates it; the deploying role needs s3:CreateBucket once".into())
        }
        Err(error) => return Err(error),
    })
}

async fn quota(aws: &Aws, service: &str, code: &str, wanted: u64) -> Result<Finding> {
    let body = json!({"ServiceCode": service, "QuotaCode": code});
    let answer = aws.call("servicequotas", "1.1", "ServiceQuotasV20190624.GetServiceQuota", body).await?;
    let value = answer["Quota"]["Value"].as_f64().context("no value in the answer")?;
    Ok(if value < wanted as f64 {
        Warn(format!("{value} allowed, {wanted} wanted: Service Quotas, {service}, {code}"))
    } else {
        Fine(format!("{value} allowed"))
    })
}

async fn ses(aws: &Aws, path: &str) -> Result<Option<Value>> {
    aws.get("ses", Some("email"), &format!("/v2/email/{path}")).await
}

/// A call of a service that takes a form and answers XML.
async fn query(aws: &Aws, service: &str, version: &str, action: &str) -> Result<String> {
    let answer = aws
        .send(Request {
            service,
            host: None,
            method: Method::POST,
            path: "/".to_owned(),
            headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: format!("Action={action}&Version={version}").into_bytes(),
        })
        .await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let start = xml.find(&format!("<{name}>"))? + name.len() + 2;
    Some(&xml[start..start + xml[start..].find('<')?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_read_out_of_an_answer() {
        assert_eq!(element("<a><Account>123</Account></a>", "Account"), Some("123"));
        assert_eq!(element("<a/>", "Account"), None);
    }
}
