//! The front door's table inside the edge's function: a block of `infra/edge.yaml` between two marks.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::Document;
use crate::front_door::{self, Row};
use crate::names::between;

const PATH: &str = "infra/edge.yaml";
const BEGIN: &str = "// generated:begin front-door\n";
const END: &str = "// generated:end front-door";

pub fn print(root: &Path, rows: &[Row]) -> Result<Document> {
    let text = std::fs::read_to_string(root.join(PATH)).context(PATH)?;
    let text = between(&text, BEGIN, END, &front_door::edge_rows(rows))
        .with_context(|| format!("{PATH} lacks the marks `{}` and `{END}`", BEGIN.trim()))?;
    Ok(Document::new(PATH, text))
}
