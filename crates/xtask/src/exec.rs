//! Running other programs.

use std::path::Path;
use std::process::{Output, Stdio};

use anyhow::{Context, Result, bail};
use tokio::process::Command;

/// How much of a failed program's output is shown.
const TAIL: usize = 60;

/// A command at the root of the project that ends when we drop it.
pub fn command(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    command.current_dir(crate::project::root()).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// `cargo`, the one that runs us.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()).as_os_str())
}

/// Runs to the end with its output on our terminal.
pub async fn shown(command: &mut Command) -> Result<()> {
    let line = line(command);
    let status = command.status().await.with_context(|| format!("cannot run `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs to the end silently and answers what it printed; when it fails, the error carries its last lines.
pub async fn quiet(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = output(command).await?;
    let text = text(&output);
    if !output.status.success() {
        bail!("`{line}` failed ({}):\n{}", output.status, tail(&text));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, whatever the end is.
pub async fn output(command: &mut Command) -> Result<Output> {
    let line = line(command);
    command.output().await.with_context(|| format!("cannot run `{line}`"))
}

/// Both streams of a program, errors last.
pub fn text(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

/// The last lines of a text.
pub fn tail(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    let command = command.as_std();
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| quoted(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Ends when the user or the system asks us to stop: Ctrl-C, `kill`, a closed terminal.
pub async fn stopped() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_command_can_be_pasted() {
        let mut command = command("sam");
        command.args(["deploy", "--parameter-overrides", "Stage=local Version=it's"]);
        assert_eq!(line(&command), r"sam deploy --parameter-overrides 'Stage=local Version=it'\''s'");
    }

    #[tokio::test]
    async fn a_failed_program_shows_its_last_lines() {
        let error = quiet(command("sh").args(["-c", "echo why >&2; exit 3"])).await.unwrap_err();
        assert!(error.to_string().contains("why"), "{error}");
    }
}
