//! What everything is printed from: the descriptions, and the few facts that stand in files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use contracts::{Contract, Nature};
use platform::Described;
use platform::describe::{Http, Kind, Queue};
use platform::model::Entity;

use crate::Document;

pub struct Project {
    pub contexts: Vec<Context>,
    /// Events by the context that tells them.
    pub contracts: Vec<(&'static str, Vec<Contract>)>,
    /// Names of the SSM parameters that the stacks written by hand publish, without `/caravan/<stage>`.
    pub registry: BTreeSet<String>,
}

/// A bounded context.
pub struct Context {
    pub name: &'static str,
    pub functions: Vec<Described>,
    pub model: Vec<Entity>,
    /// What the head of each function's file says.
    pub docs: BTreeMap<&'static str, Docs>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docs {
    pub summary: String,
    pub description: String,
}

impl Context {
    pub fn new(
        name: &'static str,
        functions: Vec<Described>,
        model: Vec<Entity>,
        source: impl Fn(&str) -> Result<String>,
    ) -> Result<Self> {
        let read = |function: &Described| Ok((function.name, docs(&source(function.name)?)));
        let docs = functions.iter().map(read).collect::<Result<_>>()?;
        Ok(Self { name, functions, model, docs })
    }

    /// Its endpoints, sorted by name as the functions are.
    pub fn endpoints(&self) -> impl Iterator<Item = (&Described, &Http)> {
        self.functions.iter().filter_map(|function| match &function.description.kind {
            Kind::Endpoint(http) => Some((function, &**http)),
            _ => None,
        })
    }

    pub fn consumers(&self) -> impl Iterator<Item = (&Described, &Queue)> {
        self.functions.iter().filter_map(|function| match &function.description.kind {
            Kind::Consumer(queue) => Some((function, queue)),
            _ => None,
        })
    }

    pub fn summary(&self, function: &str) -> &str {
        self.docs.get(function).map_or("", |docs| &docs.summary)
    }
}

impl Project {
    /// The context whose consumer takes from a queue.
    pub fn owner_of_queue(&self, queue: &str) -> Result<&'static str> {
        let owner =
            self.contexts.iter().find(|context| context.consumers().any(|(_, own)| own.name == queue));
        owner
            .map(|context| context.name)
            .with_context(|| format!("no consumer takes from the queue `{queue}`"))
    }

    /// The queues whose consumers take a snapshot that the context tells.
    pub fn takers_of_snapshots(&self, context: &str) -> Vec<&'static str> {
        let snapshots = self.contracts_of(context).iter().filter(|it| it.nature == Nature::Snapshot);
        let snapshots: BTreeSet<_> = snapshots.map(|it| it.kind).collect();
        let consumers = self.contexts.iter().flat_map(Context::consumers).map(|(_, queue)| queue);
        let takers = consumers.filter(|it| it.events.iter().any(|kind| snapshots.contains(kind)));
        takers.map(|it| it.name).collect()
    }

    /// The context that keeps a secret: the one that asks for it, or the platform.
    pub fn owner_of_secret<'a>(&self, context: &'a str, secret: &str) -> &'a str {
        let platform = format!("/platform/secret/{secret}/arn");
        if self.registry.contains(&platform) { "platform" } else { context }
    }

    pub fn contracts_of(&self, context: &str) -> &[Contract] {
        let own = self.contracts.iter().find(|(name, _)| *name == context);
        own.map_or(&[], |(_, contracts)| contracts)
    }

    /// The contract of an event type.
    pub fn contract(&self, kind: &str) -> Result<&Contract> {
        let found = self.contracts_of(producer(kind)).iter().find(|contract| contract.kind == kind);
        found.with_context(|| format!("a consumer waits for `{kind}`, which is not in crates/contracts"))
    }
}

/// The context that tells an event: the first part of its type.
pub fn producer(kind: &str) -> &str {
    kind.split('.').next().unwrap_or(kind)
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or(PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_owned()
}

/// The head of a function's file.
pub fn source(root: &Path, context: &str, function: &str) -> Result<String> {
    let module = function.replace('-', "_");
    let path = root.join(format!("functions/{context}/src/{module}.rs"));
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// The parameters that the platform stack and the data stacks publish, read from their text: parsing YAML with
/// CloudFormation's tags would take a library for one regular form.
pub fn registry(root: &Path, data: &[Document]) -> Result<BTreeSet<String>> {
    let platform = root.join("template.yaml");
    let platform = std::fs::read_to_string(&platform).with_context(|| platform.display().to_string())?;
    let texts = std::iter::once(platform.as_str()).chain(data.iter().map(|document| document.text.as_str()));
    let names: BTreeSet<_> = texts.flat_map(published).collect();
    if names.is_empty() {
        bail!("template.yaml publishes no SSM parameter `/caravan/${{Stage}}/…`");
    }
    Ok(names)
}

fn published(template: &str) -> impl Iterator<Item = String> {
    let names = template.split("Name: !Sub '/caravan/${Stage}").skip(1);
    names.filter_map(|rest| Some(rest.split_once('\'')?.0.to_owned()))
}

/// `//! POST /tours: a guide publishes a tour.` and what follows it.
fn docs(source: &str) -> Docs {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let text = lines.collect::<Vec<_>>().join("\n");
    let (first, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
    let first = first.replace('\n', " ");
    let summary = first.split_once(": ").map_or(first.as_str(), |(_, summary)| summary);
    Docs {
        summary: crate::names::capitalised(summary.trim_end_matches('.')),
        description: rest.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_file_is_its_documentation() {
        let docs = docs(
            "//! POST /tours: a lead guide\n//! publishes a tour.\n//!\n//! It is not open yet.\n\nuse x;",
        );
        assert_eq!(docs.summary, "A lead guide publishes a tour");
        assert_eq!(docs.description, "It is not open yet.");
    }

    #[test]
    fn published_parameters_are_found_in_both_forms() {
        let text = "P: {Name: !Sub '/caravan/${Stage}/a/b', Type: String}\n  Name: !Sub '/caravan/${Stage}/c'\n  Ref: '/caravan/local/d'";
        assert_eq!(published(text).collect::<Vec<_>>(), ["/a/b", "/c"]);
    }
}
