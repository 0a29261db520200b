//! Building the functions: once, all together.

use std::path::PathBuf;

use anyhow::Result;

use crate::project::Function;
use crate::{cloud, exec, project, tools};

/// How functions are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// For an emulator on this machine: all functions of a context in one binary, built by cargo alone, and a zip that
    /// only starts it by the function's name. So a few binaries are linked instead of hundreds, and nothing of 30 MB is
    /// packed, uploaded and unpacked for each function.
    Here,
    /// For an emulator in a container: a binary for each function as on AWS, and packed whole.
    Local,
    /// For Lambda on arm64, small, by cargo-lambda.
    Release,
}

impl Build {
    /// What the offline cloud takes: one that was given may see no file of ours.
    pub fn offline() -> Self {
        if cloud::given().is_some() { Self::Local } else { Self::Here }
    }

    /// Where the binary of a function ends up.
    pub fn binary(self, function: &Function) -> PathBuf {
        let Function { name, context, .. } = function;
        match self {
            Self::Here => project::target().join("debug/examples").join(all_of(context)),
            Self::Local => project::target().join("debug").join(name),
            Self::Release => project::target().join("lambda").join(name).join("bootstrap"),
        }
    }

    /// The architecture parameter of the stacks.
    pub fn architecture(self) -> &'static str {
        match self {
            Self::Here | Self::Local if cfg!(target_arch = "aarch64") => "arm64",
            Self::Here | Self::Local => "x86_64",
            Self::Release => "arm64",
        }
    }

    /// The command that builds all functions of some contexts.
    pub fn command(self, contexts: &[String]) -> tokio::process::Command {
        let mut command = match self {
            Self::Here | Self::Local => {
                let mut command = exec::cargo();
                command.args(["build", if self == Self::Here { "--examples" } else { "--bins" }]);
                command
            }
            Self::Release => {
                let mut command = exec::command(tools::path("cargo-lambda"));
                // It looks for Zig, its linker for another platform, beside the Python it finds first.
                command.env("PATH", tools::search_path());
                // Compiled by what Cargo.toml says, and not by cargo-lambda's own release settings.
                command.args(["lambda", "build", "--release", "--arm64", "--disable-optimizations"]);
                command
            }
        };
        for context in contexts {
            command.arg("-p").arg(format!("{context}-functions"));
        }
        command
    }
}

/// The binary that holds all functions of a context: an example of its crate, since no release is to hold it.
pub fn all_of(context: &str) -> String {
    format!("{context}-offline")
}

/// Builds all functions of some contexts, with cargo's own progress on the terminal.
pub async fn build(build: Build, contexts: &[String]) -> Result<()> {
    exec::shown(&mut build.command(contexts)).await
}
