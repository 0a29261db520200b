//! `cargo xtask`: everything one does with this project, from the offline cloud to a production deploy.

mod aws;
mod binaries;
mod checks;
mod cli;
mod cloud;
mod commands;
mod demo;
mod deploy;
mod disk;
mod door;
mod exec;
mod follow;
mod front_door;
mod log_lines;
mod markers;
mod progress;
mod project;
mod scratch;
mod tools;
mod watch;
mod zips;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
