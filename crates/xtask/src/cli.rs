//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};

use crate::commands::{self, test::Depth};

/// The chores of Caravan. `up` and `test` are the ones to begin with.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_version_flag = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Where a command acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    Local,
    Staging,
    Production,
}

impl Stage {
    /// As in names and parameters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Start the whole cloud on this machine, deploy, and follow the logs. Ctrl-C stops everything.
    Up {
        /// Only the functions of these contexts.
        contexts: Vec<String>,
    },
    /// Stop whatever runs and remove its state.
    Down {
        /// The installed Python tools too.
        #[arg(long)]
        all: bool,
    },
    /// Run every check and every test, or the tests whose name contains a text.
    Test {
        filter: Option<String>,
        /// Try the API with every boundary and many new cases, and ten times the bookings while processes are killed: hours,
        /// for a nightly run.
        #[arg(long)]
        thorough: bool,
    },
    /// Write everything that follows from the descriptions.
    Generate {
        /// Write nothing; fail when a file is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Build for arm64 and deploy to an AWS account.
    Deploy {
        #[arg(long)]
        env: Stage,
        contexts: Vec<String>,
        /// Print the commands; with credentials, create the change sets without executing them.
        #[arg(long)]
        dry_run: bool,
    },
    /// Build the functions and zip them, without deploying.
    Package {
        contexts: Vec<String>,
        /// For Lambda on arm64 instead of this machine.
        #[arg(long)]
        release: bool,
    },
    /// Invoke a function and print its answer.
    Invoke {
        function: String,
        /// A file with the event; by default the function's sample.
        event: Option<PathBuf>,
        #[arg(long, default_value = "local")]
        env: Stage,
    },
    /// Follow the logs of one function or of all.
    Logs {
        function: Option<String>,
        #[arg(long, default_value = "local")]
        env: Stage,
    },
    /// Move the messages of a queue's dead-letter queue back.
    Redrive {
        queue: String,
        #[arg(long, default_value = "local")]
        env: Stage,
    },
    /// Send the snapshots of all entities of a context to a queue again.
    Replay {
        context: String,
        #[arg(long)]
        to: String,
        #[arg(long, default_value = "local")]
        env: Stage,
    },
    /// Make somebody who has registered and verified their address an administrator.
    MakeAdmin {
        email: String,
        #[arg(long, default_value = "local")]
        env: Stage,
    },
    /// Let somebody who lost app and backup codes log in by password alone again. Be sure of who they are.
    RemoveSecondFactor {
        email: String,
        #[arg(long, default_value = "local")]
        env: Stage,
    },
    /// Check an AWS account before its first deploy.
    Preflight {
        #[arg(long)]
        env: Stage,
    },
    /// Write a new source file from a template.
    New {
        #[command(subcommand)]
        what: New,
    },
    /// Measure how release functions start, beside an empty one. The release build takes minutes.
    Bench,
    /// Say what is missing on this machine and how to get it.
    Doctor,
}

#[derive(Subcommand)]
enum New {
    /// `new endpoint tours create-tour`
    Endpoint { context: String, name: String },
}

impl Cli {
    /// Runs the command; the code is that of the process.
    pub async fn run(self) -> Result<ExitCode> {
        match self.command {
            Command::Up { contexts } => commands::up::run(&contexts).await?,
            Command::Down { all } => commands::down::run(all).await?,
            Command::Test { filter, thorough } => {
                let depth = if thorough { Depth::Thorough } else { Depth::Quick };
                return commands::test::run(filter.as_deref(), depth).await;
            }
            Command::Generate { check } => commands::generate::run(check).await?,
            Command::Deploy { env, contexts, dry_run } => {
                commands::deploy::run(env, &contexts, dry_run).await?
            }
            Command::Package { contexts, release } => commands::package::run(&contexts, release).await?,
            Command::Invoke { function, event, env } => {
                return commands::invoke::run(&function, event.as_deref(), env).await;
            }
            Command::Logs { function, env } => commands::logs::run(function.as_deref(), env).await?,
            Command::Redrive { queue, env } => commands::redrive::run(&queue, env).await?,
            Command::Replay { context, to, env } => commands::replay::run(&context, &to, env).await?,
            Command::RemoveSecondFactor { email, env } => {
                commands::member::remove_second_factor(&email, env).await?;
            }
            Command::MakeAdmin { email, env } => commands::member::make_admin(&email, env).await?,
            Command::Preflight { env } => return commands::preflight::run(env).await,
            Command::New { what: New::Endpoint { context, name } } => {
                commands::new::endpoint(&context, &name).await?
            }
            Command::Bench => commands::bench::run().await?,
            Command::Doctor => return commands::doctor::run().await,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A port from the environment, or the usual one.
pub fn port(variable: &str, usual: u16) -> Result<u16> {
    match std::env::var(variable) {
        Ok(text) => text.parse().with_context(|| format!("{variable}={text} is not a port")),
        Err(_) => Ok(usual),
    }
}
