//! Prints what follows from the descriptions of all functions. Run by `cargo xtask generate`.

mod asyncapi;
mod contexts;
mod edge;
mod erd;
mod example;
mod front_door;
mod names;
mod openapi;
mod problems;
mod project;
mod queues;
mod samples;
mod schemas;
#[cfg(test)]
mod scratch;
mod stack;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use platform::model::Entity;
use project::{Context, Project};

/// What is written, and where, from the root.
pub struct Document {
    pub path: String,
    pub text: String,
}

impl Document {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

fn main() -> Result<ExitCode> {
    let root = project::root();
    let project = read(&root)?;
    let documents = documents(&project, &root)?;
    let stale = stale(&project, &root, &documents)?;
    if std::env::args().any(|argument| argument == "--check") {
        return Ok(check(&root, &documents, &stale));
    }
    for document in &documents {
        if write(&root.join(&document.path), &document.text)? {
            println!("wrote {}", document.path);
        }
    }
    for path in stale {
        std::fs::remove_file(root.join(&path))?;
        println!("removed {path}");
    }
    Ok(ExitCode::SUCCESS)
}

fn read(root: &Path) -> Result<Project> {
    let mut models: Vec<(&str, Vec<Entity>)> = contexts::models();
    let mut contexts = Vec::new();
    for (name, functions) in contexts::all() {
        let at = models.iter().position(|(context, _)| *context == name);
        let model = at.map_or_else(Vec::new, |at| models.swap_remove(at).1);
        contexts
            .push(Context::new(name, functions, model, |function| project::source(root, name, function))?);
    }
    let data = contexts.iter().map(|context| queues::print(root, context)).collect::<Result<Vec<_>>>()?;
    let registry = project::registry(root, &data)?;
    Ok(Project { contexts, contracts: contracts::all(), registry })
}

fn documents(project: &Project, root: &Path) -> Result<Vec<Document>> {
    let mut documents = Vec::new();
    for context in &project.contexts {
        let stack = stack::print(project, context)?;
        eprintln!(
            "{}: {} integrations (of {}), {} resources (of {})",
            context.name,
            stack.integrations,
            stack::INTEGRATIONS,
            stack.resources,
            stack::RESOURCES
        );
        documents.push(queues::print(root, context)?);
        documents.push(Document::new(format!("infra/{}/functions.yaml", context.name), stack.text));
        documents.extend(samples::print(project, context)?);
    }
    let rows = front_door::rows(project)?;
    documents.push(Document::new("infra/front-door.json", front_door::print(&rows)));
    documents.push(edge::print(root, &rows)?);
    documents.push(Document::new("docs/openapi.json", openapi::print(project)?));
    documents.push(Document::new("docs/asyncapi.json", asyncapi::print(project)?));
    documents.push(Document::new("docs/erd.md", erd::print(project)));
    documents.extend(problems::print(project, root));
    Ok(documents)
}

/// Sample events of functions that are gone: their folders hold nothing else.
fn stale(project: &Project, root: &Path, documents: &[Document]) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for context in &project.contexts {
        let folder = format!("functions/{}/events", context.name);
        let Ok(entries) = std::fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries {
            let path = format!("{folder}/{}", entry?.file_name().to_string_lossy());
            if !documents.iter().any(|document| document.path == path) {
                stale.push(path);
            }
        }
    }
    stale.sort();
    Ok(stale)
}

fn check(root: &Path, documents: &[Document], stale: &[String]) -> ExitCode {
    let differs = |document: &&Document| {
        std::fs::read_to_string(root.join(&document.path)).ok().as_ref() != Some(&document.text)
    };
    let wrong: Vec<_> =
        documents.iter().filter(differs).map(|document| &document.path).chain(stale).collect();
    if wrong.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("out of date, run `cargo xtask generate`:");
    for path in wrong {
        eprintln!("{path}");
    }
    ExitCode::FAILURE
}

/// Only when something changed, so that nothing is deployed for nothing. Says whether it did.
fn write(path: &PathBuf, text: &str) -> Result<bool> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| path.display().to_string())?;
    Ok(true)
}

#[cfg(test)]
mod tests;
