//! The parts of an export as one archive.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use kernel::{Failure, Result};
use messaging::part_key;
use platform::files::{Files, Read};
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{CONTEXTS, Export, bundle_key};

/// More text than anybody writes; what is larger would not fit into the function.
const MOST_BYTES: usize = 20 * 1024 * 1024;

/// Writes the bundle of what is there, and answers what is in it. Nothing is written of nothing.
pub(super) async fn bundle(files: &Files, export: &Export) -> Result<BTreeSet<String>> {
    let id = export.id.to_string();
    let mut parts = Vec::new();
    for context in CONTEXTS.iter().filter(|context| export.parts.contains(**context)) {
        if let Some(Read::File(bytes)) = files.read(&part_key(&id, context), MOST_BYTES).await? {
            parts.push(((*context).to_owned(), bytes));
        }
    }
    let there: BTreeSet<_> = parts.iter().map(|(context, _)| context.clone()).collect();
    if !there.is_empty() {
        files.write(&bundle_key(&id), "application/zip", archive(export, &parts)?).await?;
    }
    Ok(there)
}

fn archive(export: &Export, parts: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let there: Vec<_> = parts.iter().map(|(context, _)| context.as_str()).collect();
    let missing: Vec<_> = CONTEXTS.iter().filter(|context| !there.contains(context)).collect();
    let about = json!({
        "export": export.id,
        "requested_at": export.requested_at,
        "parts": there,
        "missing": missing,
    });
    let about = serde_json::to_vec_pretty(&about).map_err(Failure::internal)?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let named = parts.iter().map(|(context, bytes)| (context.as_str(), bytes));
    for (name, bytes) in std::iter::once(("about", &about)).chain(named) {
        zip.start_file(format!("{name}.json"), options).map_err(Failure::internal)?;
        zip.write_all(bytes).map_err(Failure::internal)?;
    }
    Ok(zip.finish().map_err(Failure::internal)?.into_inner())
}
