//! `docs/problems/<code>.md`: the page behind a problem's `type`. The head is printed, the rest is written by hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use kernel::Problem;

use crate::Document;
use crate::openapi::problems_of;
use crate::project::Project;

const MARK: &str =
    "<!-- What stands above is written by `cargo xtask generate`, what stands below by hand. -->\n";

pub fn print(project: &Project, root: &Path) -> Vec<Document> {
    let mut endpoints = 0;
    let mut answered: BTreeMap<&str, (Problem, Vec<&str>)> = BTreeMap::new();
    for context in &project.contexts {
        for (described, http) in context.endpoints() {
            endpoints += 1;
            for problem in problems_of(http) {
                answered.entry(problem.code).or_insert_with(|| (problem, Vec::new())).1.push(described.name);
            }
        }
    }
    let page = |(problem, functions): &(Problem, Vec<&str>)| {
        let path = format!("docs/problems/{}.md", problem.code);
        let kept = std::fs::read_to_string(root.join(&path)).ok();
        let own = kept.as_deref().and_then(|text| Some(text.split_once(MARK)?.1.to_owned()));
        let everywhere = functions.len() == endpoints;
        let text = format!(
            "{}{MARK}{}",
            head(*problem, functions, everywhere),
            own.unwrap_or_else(|| skeleton(*problem))
        );
        Document::new(path, text)
    };
    answered.values().map(page).collect()
}

fn head(problem: Problem, functions: &[&str], everywhere: bool) -> String {
    let Problem { code, status, title } = problem;
    let mut head = format!("# {title}\n\nStatus {status}, code `{code}`. ");
    if everywhere {
        head.push_str("Any endpoint may answer it.\n\n");
    } else {
        let names: Vec<_> = functions.iter().map(|name| format!("`{name}`")).collect();
        let _ = write!(head, "Answered by {}.\n\n", names.join(", "));
    }
    head
}

fn skeleton(problem: Problem) -> String {
    format!("\n## What it means\n\n{}.\n\n## What to do\n\nThe answer's `detail` says it.\n", problem.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch;

    #[test]
    fn what_was_written_by_hand_is_kept() {
        let root = std::env::temp_dir().join(format!("caravan-problems-{}", std::process::id()));
        std::fs::create_dir_all(root.join("docs/problems")).unwrap();
        std::fs::write(root.join("docs/problems/name-taken.md"), format!("# Old\n{MARK}\nMine.\n")).unwrap();
        let pages = print(&scratch::project(), &root);
        std::fs::remove_dir_all(&root).unwrap();
        let page = pages.iter().find(|page| page.path == "docs/problems/name-taken.md").unwrap();
        assert!(
            page.text.starts_with(
                "# The name is taken\n\nStatus 409, code `name-taken`. Answered by `create-tour`."
            )
        );
        assert!(page.text.ends_with(&format!("{MARK}\nMine.\n")));
    }
}
