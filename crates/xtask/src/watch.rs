//! While `up` runs: a changed source file replaces the functions it touches. A function's own file touches that one
//! alone, a file of a crate all functions of the contexts that hold it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::aws::Aws;
use crate::binaries::Build;
use crate::commands::generate;
use crate::deploy::Target;
use crate::project::Function;
use crate::{deploy, exec, progress, project, zips};

/// Editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(250);

/// What is being watched for.
pub struct Watch {
    pub aws: Aws,
    pub contexts: Vec<String>,
    pub door: Arc<crate::door::Door>,
    /// The payment provider's address.
    pub stripe: Option<String>,
}

impl Watch {
    /// Runs until it is dropped. A source that does not compile shows cargo's message, and the functions
    /// stay as they were.
    pub async fn run(self) -> Result<()> {
        let (sender, mut changes) = mpsc::unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if let Ok(event) = event
                && !event.kind.is_access()
            {
                for path in event.paths.into_iter().filter(|path| is_source(path)) {
                    // The receiver only goes away together with the watcher.
                    let _ = sender.send(path);
                }
            }
        })?;
        for folder in ["crates", "functions", "infra"] {
            watcher.watch(&project::root().join(folder), RecursiveMode::Recursive)?;
        }
        let mut contents = Contents::default();
        let mut deployed = templates()?;
        while let Some(first) = changes.recv().await {
            let mut paths = vec![first];
            while let Ok(Some(path)) = tokio::time::timeout(QUIET, changes.recv()).await {
                paths.push(path);
            }
            paths.retain(|path| contents.changed(path));
            if !paths.is_empty()
                && let Err(error) = self.replace(&paths, &mut deployed).await
            {
                eprintln!("  ✗ {error:#}");
            }
        }
        Ok(())
    }

    async fn replace(&self, paths: &[PathBuf], deployed: &mut Vec<String>) -> Result<()> {
        let started = Instant::now();
        let names: Vec<_> = paths.iter().filter_map(|path| path.file_name()?.to_str()).take(3).collect();
        progress::say(format!("{} changed, building", names.join(", ")));
        generate::sources(false)?;
        exec::quiet(Build::offline().command(&self.contexts).arg("--quiet")).await?;
        let functions = self.functions()?;
        let changed = tokio::task::spawn_blocking(move || zips::pack(Build::offline(), &functions)).await??;
        let mut replaced = Vec::new();
        let alone = functions_of(paths);
        for function in changed.iter().filter(|it| alone.as_ref().is_none_or(|alone| alone.contains(it))) {
            // A function that is new has to wait for its stack, below.
            let zip = std::fs::read(zips::path(function))?;
            if self.aws.update_function(&format!("caravan-local-{function}"), &zip).await.is_ok() {
                replaced.push(function.as_str());
            }
        }
        if !replaced.is_empty() {
            let seconds = started.elapsed().as_secs_f64();
            progress::say(format!("✓ replaced {} ({seconds:.1} s)", replaced.join(", ")));
        }
        self.redeploy(started, deployed).await
    }

    /// A description may have changed as well: what is generated from it follows.
    async fn redeploy(&self, started: Instant, deployed: &mut Vec<String>) -> Result<()> {
        generate::documents(false).await?;
        let now = templates()?;
        if now == *deployed {
            return Ok(());
        }
        let target = Target::offline(self.aws.clone(), &self.door.url).paid_at(self.stripe.as_deref());
        let stacks = deploy::deploy(target, &self.contexts, false).await?;
        self.door.reload(&self.aws, "local").await?;
        *deployed = now;
        let seconds = started.elapsed().as_secs_f64();
        progress::say(format!("✓ deployed {} ({seconds:.1} s)", stacks.join(", ")));
        Ok(())
    }

    fn functions(&self) -> Result<Vec<Function>> {
        let all = project::all_functions()?;
        let ours = all.into_values().filter(|function| self.contexts.contains(&function.context));
        Ok(ours.collect())
    }
}

/// The functions whose own files changed, if nothing else did: what stands elsewhere may matter to all in a binary.
fn functions_of(paths: &[PathBuf]) -> Option<Vec<String>> {
    let own = |path: &PathBuf| {
        let inside = path.strip_prefix(project::root().join("functions")).ok()?;
        let [_, "src", file] = inside.iter().filter_map(|part| part.to_str()).collect::<Vec<_>>()[..] else {
            return None;
        };
        Some(file.strip_suffix(".rs")?.replace('_', "-"))
    };
    paths.iter().map(own).collect()
}

/// Sources and templates by their ending, without what we write ourselves and what is in no function.
fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("rs" | "toml" | "json" | "html" | "css" | "js" | "txt" | "pem" | "yaml"))
        && !is_elsewhere(path)
}

fn is_elsewhere(path: &Path) -> bool {
    let root = project::root();
    let parts: Vec<_> =
        path.strip_prefix(root).unwrap_or(path).iter().filter_map(|part| part.to_str()).collect();
    matches!(
        parts.as_slice(),
        ["crates", "xtask" | "generator" | "acceptance" | "testkit" | "stripe-offline", ..]
            | ["crates" | "functions", _, "tests", ..]
            | ["functions", _, "events", ..]
            | ["functions", _, "examples", ..]
            | ["functions", _, "src", "bin", ..]
            | ["functions", _, "src", "lib.rs"]
            | ["infra", "front-door.json"]
            | ["infra", _, "functions.yaml"]
    )
}

/// All templates, and the front door's table.
fn templates() -> Result<Vec<String>> {
    let mut texts =
        vec![std::fs::read_to_string(project::root().join("infra/front-door.json")).unwrap_or_default()];
    for stack in deploy::all_stacks()? {
        texts.push(std::fs::read_to_string(stack.template()).unwrap_or_default());
    }
    Ok(texts)
}

/// What files held when they were last looked at: an editor may save what it read.
#[derive(Default)]
struct Contents(BTreeMap<PathBuf, Option<Vec<u8>>>);

impl Contents {
    fn changed(&mut self, path: &Path) -> bool {
        let now = std::fs::read(path).ok();
        self.0.insert(path.to_owned(), now.clone()) != Some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_functions_own_file_touches_that_function_alone() {
        let path = |text: &str| project::root().join(text);
        let own = path("functions/tours/src/create_tour.rs");
        assert_eq!(functions_of(std::slice::from_ref(&own)), Some(vec!["create-tour".to_owned()]));
        assert_eq!(functions_of(&[own, path("crates/tours/src/slug.rs")]), None);
    }

    #[test]
    fn what_we_write_ourselves_is_not_a_change() {
        let root = project::root();
        assert!(is_source(&root.join("functions/tours/src/create_tour.rs")));
        assert!(is_source(&root.join("crates/tours/src/lib.rs")));
        assert!(is_source(&root.join("infra/tours/data.yaml")));
        for generated in [
            "functions/tours/src/lib.rs",
            "functions/tours/src/bin/create-tour.rs",
            "infra/tours/functions.yaml",
            // In no function.
            "crates/tours/tests/tours.rs",
        ] {
            assert!(!is_source(&root.join(generated)), "{generated}");
        }
    }
}
