//! `infra/front-door.json`: which context serves which path. The edge and `xtask` open their door by it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use platform::describe::Route;
use serde_json::json;

use crate::project::Project;
use crate::stack::DEFAULT;

/// A pattern and whose it is. `*` is one segment in the middle, and one or more at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub pattern: String,
    pub context: &'static str,
}

/// A route and who serves it.
struct Served<'a> {
    route: &'a Route,
    context: &'static str,
    function: &'static str,
}

/// The rows, most specific first; refuses routes that no table could tell apart.
pub fn rows(project: &Project) -> Result<Vec<Row>> {
    let served = served(project);
    no_two_alike(project, &served)?;
    let mut tree = Node::default();
    for one in &served {
        tree.insert(&segments(&one.route.path), one.context);
    }
    let mut patterns = BTreeMap::new();
    tree.patterns(&mut Vec::new(), None, &mut patterns);
    let mut rows = sorted(&patterns);
    // A star of one branch may reach into another: whoever it catches gets a row of their own.
    for one in &served {
        if context(&rows, &sample(one.route)).is_none_or(|row| row.context != one.context) {
            patterns.entry(segments(&one.route.path)).or_insert(one.context);
            rows = sorted(&patterns);
        }
    }
    every_route_lands_home(&rows, &served)?;
    Ok(rows)
}

fn sorted(patterns: &BTreeMap<Vec<String>, &'static str>) -> Vec<Row> {
    let mut patterns: Vec<_> = patterns.iter().collect();
    patterns.sort_by_key(|(pattern, _)| specificity(pattern));
    let row = |(pattern, context): (&Vec<String>, &&'static str)| Row {
        pattern: format!("/{}", pattern.join("/")),
        context,
    };
    patterns.into_iter().map(row).collect()
}

pub fn print(rows: &[Row]) -> String {
    let lines: Vec<_> = rows
        .iter()
        .map(|row| format!("  {}", json!({"pattern": row.pattern, "context": row.context})))
        .collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// The same rows as the edge's function wants them.
pub fn edge_rows(rows: &[Row]) -> String {
    rows.iter().map(|row| format!("['{}', '{}'],\n", row.pattern, row.context)).collect()
}

/// The context that serves a path: the first row that matches.
pub fn context<'a>(rows: &'a [Row], path: &str) -> Option<&'a Row> {
    rows.iter().find(|row| matches(&row.pattern, path))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    let open = pattern.last() == Some(&"*");
    let long_enough = if open { path.len() >= pattern.len() } else { path.len() == pattern.len() };
    long_enough
        && pattern.iter().zip(&path).all(|(want, have)| want == have || (*want == "*" && !have.is_empty()))
}

fn served(project: &Project) -> Vec<Served<'_>> {
    let mut all = Vec::new();
    for context in &project.contexts {
        for (described, http) in context.endpoints() {
            let routes = http.routes.iter().filter(|route| route.path != DEFAULT);
            all.extend(routes.map(|route| Served { route, context: context.name, function: described.name }));
        }
    }
    all
}

fn no_two_alike(project: &Project, served: &[Served<'_>]) -> Result<()> {
    let mut shapes = BTreeMap::new();
    for one in served {
        let shape = (one.route.method, segments(&one.route.path).join("/"));
        if let Some(other) = shapes.insert(shape, one.function) {
            bail!("`{other}` and `{}` both serve {} {}", one.function, one.route.method, one.route.path);
        }
    }
    for context in &project.contexts {
        let takes_the_rest =
            context.endpoints().filter(|(_, http)| http.routes.iter().any(|route| route.path == DEFAULT));
        let names: Vec<_> = takes_the_rest.map(|(described, _)| described.name).collect();
        if names.len() > 1 {
            bail!("{}: {} all serve {DEFAULT}", context.name, names.join(", "));
        }
    }
    Ok(())
}

fn every_route_lands_home(rows: &[Row], served: &[Served<'_>]) -> Result<()> {
    for one in served {
        let row = context(rows, &sample(one.route));
        if row.map(|row| row.context) != Some(one.context) {
            let row = row.map_or("nobody".to_owned(), |row| format!("{} ({})", row.context, row.pattern));
            bail!(
                "{} {} of `{}` belongs to {}, but the front door would give it to {row}",
                one.route.method,
                one.route.path,
                one.function,
                one.context
            );
        }
    }
    Ok(())
}

/// The route's path with a value for each parameter that is no word of another route.
fn sample(route: &Route) -> String {
    format!("/{}", segments(&route.path).join("/").replace('*', "~"))
}

/// The parts of a path; a parameter is `*`.
fn segments(path: &str) -> Vec<String> {
    let parts = path.trim_matches('/').split('/');
    parts.map(|part| if part.starts_with('{') { "*".to_owned() } else { part.to_owned() }).collect()
}

/// Words come before stars, and what is longer before what it begins with.
fn specificity(pattern: &[String]) -> Vec<(u8, String)> {
    let last = pattern.len() - 1;
    let rank = |(at, part): (usize, &String)| match part.as_str() {
        "*" if at == last => (2, String::new()),
        "*" => (1, String::new()),
        word => (0, word.to_owned()),
    };
    let mut ranks: Vec<_> = pattern.iter().enumerate().map(rank).collect();
    ranks.push((3, String::new()));
    ranks
}

/// How long `/api/v1/tours` is: above it nothing is given away as a whole.
const RESOURCE: usize = 3;

#[derive(Default)]
struct Node {
    /// Who serves the path that ends here.
    context: Option<&'static str>,
    children: BTreeMap<String, Node>,
}

impl Node {
    fn insert(&mut self, path: &[String], context: &'static str) {
        match path.split_first() {
            Some((first, rest)) => self.children.entry(first.clone()).or_default().insert(rest, context),
            None => self.context = Some(context),
        }
    }

    /// Adds what the rows above (`inherited`) do not say already.
    fn patterns(
        &self,
        path: &mut Vec<String>,
        inherited: Option<&'static str>,
        rows: &mut BTreeMap<Vec<String>, &'static str>,
    ) {
        if let Some(context) = self.context
            && inherited != Some(context)
        {
            rows.entry(path.clone()).or_insert(context);
        }
        let mut below = inherited;
        if path.len() >= RESOURCE
            // Below `tours/*` a row names a word (`tours/*/reviews`), which says more than `tours/*/*`.
            && path.last().is_some_and(|part| part != "*")
            && let Some(most) = self.most_below()
            && inherited != Some(most)
        {
            let mut pattern = path.clone();
            pattern.push("*".to_owned());
            rows.insert(pattern, most);
            below = Some(most);
        }
        for (part, child) in &self.children {
            path.push(part.clone());
            child.patterns(path, below, rows);
            path.pop();
        }
    }

    /// Who gets what is below unless another row says otherwise: the owner of `{id}`, else of the root, else who has most.
    fn most_below(&self) -> Option<&'static str> {
        if let Some(owner) = self.children.get("*").and_then(|child| child.context) {
            return Some(owner);
        }
        let mut counts = BTreeMap::new();
        for child in self.children.values() {
            for context in child.contexts() {
                *counts.entry(context).or_insert(0) += 1;
            }
        }
        if let Some(owner) = self.context.filter(|owner| counts.contains_key(owner)) {
            return Some(owner);
        }
        let most = counts.values().max().copied()?;
        counts.into_iter().find(|(_, count)| *count == most).map(|(context, _)| context)
    }

    fn contexts(&self) -> BTreeSet<&'static str> {
        let own = self.context.into_iter();
        own.chain(self.children.values().flat_map(Node::contexts)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::project_of;

    fn table(routes: &[(&'static str, &'static str, &str)]) -> Result<Vec<String>> {
        let rows = rows(&project_of(routes))?;
        Ok(rows.iter().map(|row| format!("{} {}", row.pattern, row.context)).collect())
    }

    #[test]
    fn a_resource_of_one_context_is_one_row_and_its_root() {
        let table = table(&[
            ("identity", "POST", "/api/v1/auth/register"),
            ("identity", "POST", "/api/v1/auth/sessions/{id}/end"),
            ("identity", "GET", "/.well-known/jwks.json"),
            ("gateway", "GET", "/api/v1/health"),
            ("tours", "GET", "/api/v1/tours"),
            ("tours", "GET", "/api/v1/tours/{id}"),
        ]);
        assert_eq!(
            table.unwrap(),
            [
                "/.well-known/jwks.json identity",
                "/api/v1/auth/* identity",
                "/api/v1/health gateway",
                "/api/v1/tours/* tours",
                "/api/v1/tours tours",
            ]
        );
    }

    #[test]
    fn what_another_context_has_below_comes_first() {
        let table = table(&[
            ("tours", "GET", "/api/v1/tours/{id}"),
            ("tours", "GET", "/api/v1/tours/{id}/guides"),
            ("reviews", "GET", "/api/v1/tours/{id}/reviews"),
            ("reviews", "GET", "/api/v1/tours/{id}/reviews/{review}"),
            ("bookings", "GET", "/api/v1/tours/featured"),
        ]);
        assert_eq!(
            table.unwrap(),
            [
                "/api/v1/tours/featured bookings",
                "/api/v1/tours/*/reviews/* reviews",
                "/api/v1/tours/*/reviews reviews",
                "/api/v1/tours/* tours",
            ]
        );
    }

    #[test]
    fn two_functions_on_one_route_are_refused_by_name() {
        let routes = [("a", "GET", "/api/v1/x/{id}"), ("b", "GET", "/api/v1/x/{name}")];
        assert_eq!(table(&routes).unwrap_err().to_string(), "`f0` and `f1` both serve GET /api/v1/x/{name}");
    }

    #[test]
    fn one_path_in_two_contexts_is_refused() {
        let routes = [("a", "GET", "/api/v1/x"), ("b", "POST", "/api/v1/x")];
        let error = table(&routes).unwrap_err().to_string();
        assert!(error.contains("`f1` belongs to b") || error.contains("`f0` belongs to a"), "{error}");
    }

    /// Every way to give five nested paths to three contexts.
    #[test]
    fn whoever_owns_what_every_route_lands_home() {
        let paths = [
            "/api/v1/x",
            "/api/v1/x/{id}",
            "/api/v1/x/y",
            "/api/v1/x/{id}/y",
            "/api/v1/x/y/z/{id}",
            "/api/v1/x/{id}/y/z",
        ];
        let contexts = ["a", "b", "c"];
        for owners in 0..3_usize.pow(6) {
            let owner = |at: usize| contexts[owners / 3_usize.pow(at as u32) % 3];
            let routes: Vec<_> =
                paths.iter().enumerate().map(|(at, path)| (owner(at), "GET", *path)).collect();
            let rows = rows(&project_of(&routes)).unwrap();
            for (context, _, path) in &routes {
                let path = path.replace("{id}", "7");
                assert_eq!(
                    super::context(&rows, &path).map(|row| row.context),
                    Some(*context),
                    "{path} in {rows:?}"
                );
            }
        }
    }
}
