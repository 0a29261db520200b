//! The front door's table inside the edge's function: a block of `infra/edge.yaml` between two marks.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::Document;
use crate::front_door::{self, Row};
use crate::names::indented;

const PATH: &str = "infra/edge.yaml";
const BEGIN: &str = "// generated:begin front-door\n";
const END: &str = "// generated:end front-door";

pub fn print(root: &Path, rows: &[Row]) -> Result<Document> {
    let text = std::fs::read_to_string(root.join(PATH)).context(PATH)?;
    let text = replaced(&text, &front_door::edge_rows(rows))
        .with_context(|| format!("{PATH} lacks the marks `{}` and `{END}`", BEGIN.trim()))?;
    Ok(Document::new(PATH, text))
}

fn replaced(text: &str, rows: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let space = before.len() - before.trim_end_matches(' ').len();
    Some(format!("{before}{BEGIN}{}{}{END}{after}", indented(rows, space), " ".repeat(space)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let text = format!("a\n    {BEGIN}    old\n    {END}\nb\n");
        assert_eq!(
            replaced(&text, "['/x', 'y'],\n").unwrap(),
            format!("a\n    {BEGIN}    ['/x', 'y'],\n    {END}\nb\n")
        );
        assert_eq!(replaced("a\nb\n", ""), None);
    }
}
