//! The direction of dependencies: kernel ← contracts ← platform ← store ← messaging, papers, search, web ← contexts ←
//! functions. What stands on the left knows nothing of what stands on the right.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::{exec, project};

/// The shared crates from the ground up; those of a row do not know each other.
const SHARED: [&[&str]; 5] = [
    &["kernel"],
    &["contracts"],
    &["platform"],
    &["store"],
    &["messaging", "papers", "pictures", "search", "web"],
];
const CONTEXT: usize = SHARED.len();
const FUNCTIONS: usize = CONTEXT + 1;
/// Tools may look at everything, and only tools and tests may use a tool.
const TOOL: usize = FUNCTIONS + 1;
const TOOLS: [&str; 6] = ["acceptance", "bench", "generator", "stripe-offline", "testkit", "xtask"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

/// Fails with every edge that points the wrong way.
pub async fn dependencies_point_one_way() -> Result<()> {
    let text =
        exec::quiet(exec::cargo().args(["metadata", "--no-deps", "--offline", "--format-version", "1"]))
            .await?;
    let metadata: Metadata = serde_json::from_str(&text)?;
    let wrong = wrong_edges(&metadata, &project::contexts()?);
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(())
}

fn wrong_edges(metadata: &Metadata, contexts: &[String]) -> Vec<String> {
    let layers: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|package| (package.name.as_str(), layer(&package.name, contexts)))
        .collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let Some(from) = layers[package.name.as_str()] else {
            wrong.push(format!(
                "{} stands in no layer: add it to SHARED or TOOLS in crates/xtask/src/checks.rs",
                package.name
            ));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            let test_only = dependency.kind.as_deref() == Some("dev");
            let Some(&Some(to)) = layers.get(dependency.name.as_str()) else {
                continue;
            };
            let own = package
                .name
                .strip_suffix("-functions")
                .is_none_or(|context| to != CONTEXT || context == dependency.name);
            let down = from > to || from == TOOL;
            let allowed = if test_only { to == TOOL || down } else { down && own };
            if !allowed {
                wrong.push(format!("{} must not depend on {}", package.name, dependency.name));
            }
        }
    }
    wrong
}

fn layer(name: &str, contexts: &[String]) -> Option<usize> {
    if TOOLS.contains(&name) {
        return Some(TOOL);
    }
    if let Some(row) = SHARED.iter().position(|row| row.contains(&name)) {
        return Some(row);
    }
    let context = name.strip_suffix("-functions").unwrap_or(name);
    if !contexts.iter().any(|known| known == context) {
        return None;
    }
    Some(if context == name { CONTEXT } else { FUNCTIONS })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, kind)| Dependency {
            name: (*name).into(),
            kind: kind.map(str::to_owned),
            path: Some("/".into()),
        });
        Package { name: name.into(), dependencies: dependencies.collect() }
    }

    fn wrong(packages: Vec<Package>) -> Vec<String> {
        wrong_edges(&Metadata { packages }, &["tours".into(), "users".into()])
    }

    #[test]
    fn downward_edges_are_fine() {
        let packages = vec![
            package("kernel", &[]),
            package("web", &[("kernel", None)]),
            package("tours", &[("web", None), ("testkit", Some("dev"))]),
            package("tours-functions", &[("tours", None), ("kernel", None)]),
            package("testkit", &[("web", None)]),
            package("generator", &[("tours-functions", None)]),
        ];
        assert_eq!(wrong(packages), Vec::<String>::new());
    }

    #[test]
    fn upward_and_sideward_edges_are_named() {
        let packages = vec![
            package("kernel", &[("web", None)]),
            package("web", &[]),
            package("tours", &[("users", None), ("testkit", None)]),
            package("users", &[]),
            package("users-functions", &[("tours", None)]),
            package("testkit", &[]),
            package("stray", &[]),
        ];
        assert_eq!(wrong(packages).len(), 5);
    }

    /// The table of defects names tests; one that is renamed or taken away is missed here.
    #[test]
    fn every_test_that_the_table_of_defects_names_exists() {
        let page = std::fs::read_to_string(project::root().join("docs/defects.md")).unwrap();
        let rows = page.lines().filter(|line| line.starts_with("| N |") || line.starts_with("| T |"));
        for row in rows {
            let tests: Vec<_> = row.split('`').filter_map(|name| name.split_once(".rs::")).collect();
            assert!(!tests.is_empty(), "no test for: {row}");
            for (file, test) in tests {
                let path = project::root().join(format!("crates/{file}.rs"));
                let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{file}: {why}"));
                assert!(text.contains(&format!("fn {test}(")), "{file}.rs has no test {test}");
            }
        }
    }
}
