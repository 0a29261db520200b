//! The deployed system: all stacks in an account of their own, driven through the front door.

use std::path::PathBuf;

use anyhow::{Result, bail};
use tokio::process::Command;

use super::cargo;
use super::report::Report;
use crate::aws::Aws;
use crate::binaries::{self, Build};
use crate::cloud::{Cloud, free_port};
use crate::commands::package;
use crate::deploy::{self, Target};
use crate::door::Door;
use crate::{demo, exec, follow, project, tools};

/// How much is tried where there is no end to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// A few cases for each operation, the same in every run: a red build is about a change, never about luck.
    Quick,
    /// Every boundary of every schema, and many cases that no run before has tried: for a nightly run, it takes hours.
    Thorough,
}

impl Depth {
    /// Bookings while functions are killed.
    fn bookings(self) -> u32 {
        match self {
            Self::Quick => 50,
            Self::Thorough => 500,
        }
    }

    /// How much schemathesis tries.
    fn arguments(self) -> [&'static str; 5] {
        match self {
            Self::Quick => {
                ["--phases=examples,fuzzing", "--max-examples=8", "--seed=1", "--workers=2", "--no-color"]
            }
            Self::Thorough => [
                "--phases=examples,coverage,fuzzing",
                "--max-examples=1000",
                "--workers=4",
                "--continue-on-failure",
                "--no-color",
            ],
        }
    }
}

/// The API answers 404 for a method that a path does not have, refuses more than its schemas can say, such as a wrong code,
/// and takes what HTTP and its own rules make of a value: a header without the blanks around it, a text without signs that
/// nobody sees, a file of rows of which each is refused by itself.
const CHECKS_LEFT_OUT: &str = "unsupported_method,positive_data_acceptance,negative_data_rejection";

/// What ends the session or the account that it is called with: such cases come without one, or all after them would be
/// refused and nothing tried.
const ENDS_THE_SESSION: &str = "log-out|deactivate-account|delete-own-account|end-session|end-other-sessions|change-password|revoke-user-sessions";

/// It would follow the redirect, and judge the OpenID provider's page; and a provider that nobody has set up is 501 by the
/// specification, which it takes for a fault.
const AWAY: &str = "begin-oauth|finish-oauth";

/// What health has to say of a machine that is busy is 503, and every 5xx is a fault there.
const HEALTH: &str = "get-health|[a-z]+-health";

/// The test binaries of the deployed system.
const STORIES: &str = "front_door";
const KILLED: &str = "killed";

/// Operations by name; the second route of one ends in a number.
fn operations(names: &str) -> String {
    format!("^({names})(-[0-9]+)?$")
}

/// Whether there are acceptance tests, and one that the filter matches.
pub async fn is_wanted(filter: Option<&str>) -> Result<bool> {
    if !project::root().join("crates/acceptance").is_dir() {
        return Ok(false);
    }
    let Some(filter) = filter else {
        return Ok(true);
    };
    let mut list = cargo::test(&cargo::WORKSPACE);
    list.args(["--test", STORIES, "--test", KILLED, filter, "--", "--list"]);
    let names = exec::quiet(&mut list).await?;
    Ok(names.lines().any(|line| line.ends_with(": test")))
}

/// Deploys, drives, and looks at what was logged.
pub async fn run(report: &mut Report, cloud: &Cloud, account: &str, filter: Option<&str>, depth: Depth) {
    let mut system = None;
    let deployed = report
        .check("all stacks deploy", async {
            system = Some(System::deploy(cloud, account).await?);
            Ok(())
        })
        .await;
    let Some(system) = system.filter(|_| deployed) else {
        return;
    };
    // By itself, because it breaks what runs beside it; and first, because other tests leave letters that nobody can read.
    let mut killed = system.tests(cloud, account);
    killed
        .args(["--test", KILLED])
        .args(filter)
        .args(["--", "--ignored"])
        .env("CARAVAN_KILLED_BOOKINGS", depth.bookings().to_string())
        .envs(cloud.group().map(|group| ("CARAVAN_CLOUD_GROUP", group)));
    cargo::run(report, "bookings while processes are killed", &mut killed).await;
    let mut tests = system.tests(cloud, account);
    let before = report.failed();
    cargo::run(report, "acceptance tests", tests.args(["--test", STORIES]).args(filter)).await;
    if report.failed() > before {
        report.explain(&cloud.complaints());
    }
    if filter.is_none() {
        report
            .check(
                "the API keeps its documented promises (schemathesis)",
                schemathesis(&system, cloud, account, depth),
            )
            .await;
    }
    report.check("no log line holds a secret", system.logs_are_clean()).await;
}

/// Whether a line holds a secret as a word of its own: six digits of a time are no code.
fn says(line: &str, secret: &str) -> bool {
    line.match_indices(secret).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + secret.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

struct System {
    aws: Aws,
    door: Door,
    /// Where the tests note every secret they used.
    secrets: PathBuf,
}

impl System {
    async fn deploy(cloud: &Cloud, account: &str) -> Result<Self> {
        let contexts = project::contexts()?;
        binaries::build(Build::offline(), &contexts).await?;
        package::pack(Build::offline(), &contexts).await?;
        let aws = cloud.account(account);
        // The stacks hold the door's address, so it is known before there is a door.
        let port = free_port()?;
        let target = Target::offline(aws.clone(), &format!("http://localhost:{port}"));
        let mut target = target.paid_at(cloud.stripe());
        if let Some(issuer) = cloud.issuer() {
            target.overrides.insert("GoogleIssuer".to_owned(), issuer.to_owned());
        }
        deploy::deploy(target, &contexts, false).await?;
        let door = Door::open(&aws, "local", account, port, 0).await?;
        cloud.tell_payments_to(&door.url);
        let secrets = project::state().join("secrets.txt");
        std::fs::write(&secrets, "")?;
        Ok(Self { aws, door, secrets })
    }

    /// The acceptance tests, told where everything is.
    fn tests(&self, cloud: &Cloud, account: &str) -> Command {
        let mut tests = cargo::test(&cargo::WORKSPACE);
        tests
            .env("CARAVAN_CLOUD", &cloud.endpoint)
            .env("CARAVAN_ACCOUNT", account)
            .env("CARAVAN_DOOR", &self.door.url)
            .env("CARAVAN_DOOR_WS", &self.door.socket_url)
            .env("CARAVAN_SECRETS_FILE", &self.secrets)
            .envs(cloud.stripe().map(|url| ("CARAVAN_STRIPE", url)));
        tests
    }

    /// Looks for every secret that the tests used, and for anything shaped like a signed token.
    async fn logs_are_clean(&self) -> Result<()> {
        let text = std::fs::read_to_string(&self.secrets)?;
        let secrets: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let (mut lines, mut leaks) = (0, Vec::new());
        for (group, _) in self.aws.log_groups(&follow::prefix("local")).await? {
            for event in self.aws.log_events(&group, 0).await? {
                lines += 1;
                if secrets.iter().any(|secret| says(&event.message, secret)) || event.message.contains("eyJ")
                {
                    leaks.push(format!("{group}: {}", event.message));
                }
            }
        }
        if lines == 0 {
            bail!("there are no log lines at all, so nothing was looked at");
        }
        if !leaks.is_empty() {
            leaks.truncate(10);
            bail!("secrets in log lines:\n{}", leaks.join("\n"));
        }
        Ok(())
    }
}

/// An account that no test of a crate uses.
pub fn random_account() -> Result<String> {
    let number = getrandom::u64().map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(format!("{:012}", 100_000_000_000 + number % 900_000_000_000))
}

/// As an administrator, so that no endpoint refuses before it looks; then what ends a session, without one.
async fn schemathesis(system: &System, cloud: &Cloud, account: &str, depth: Depth) -> Result<()> {
    let scene = demo::Scene { door: &system.door, aws: &system.aws, endpoint: &cloud.endpoint, account };
    let token = demo::administrator(&scene).await?;
    let mut signed_in = tool(system, depth);
    signed_in.args(["--header", &format!("Authorization: Bearer {token}")]);
    // One filter: several of different kinds exclude only what all of them match.
    signed_in
        .args(["--exclude-operation-id-regex", &operations(&format!("{ENDS_THE_SESSION}|{AWAY}|{HEALTH}"))]);
    exec::quiet(&mut signed_in).await?;
    let mut anonymous = tool(system, depth);
    anonymous.args(["--include-operation-id-regex", &operations(ENDS_THE_SESSION)]);
    exec::quiet(&mut anonymous).await.map(drop)
}

fn tool(system: &System, depth: Depth) -> Command {
    let document = project::root().join("docs/openapi.json");
    let mut command = exec::command(tools::path("schemathesis"));
    command
        .arg("run")
        .arg(document)
        .args(["--url", &system.door.url, "--generation-database", "none"])
        // Lists of what it could not get past, longer than what it found.
        .arg("--warnings=off")
        .args(depth.arguments())
        .args(["--exclude-checks", CHECKS_LEFT_OUT])
        .current_dir(project::state());
    command
}
