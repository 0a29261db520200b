//! Collects what the gateway serves as it is: the two files of Swagger UI that the documentation page needs,
//! compressed as they will be sent, and the pages that explain the problems.

use std::error::Error;
use std::fs::File;
use std::io::{Cursor, copy};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipArchive;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let target = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut archive = ZipArchive::new(Cursor::new(utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED))?;
    for name in ["swagger-ui-bundle.js", "swagger-ui.css"] {
        let suffix = format!("/dist/{name}");
        let names: Vec<_> = archive.file_names().collect::<Result<_, _>>()?;
        let path = names.iter().find(|path| path.ends_with(&suffix)).ok_or("not in the archive")?.to_string();
        let mut source = archive.by_name(&path)?;
        let compressed = File::create(target.join(format!("{name}.gz")))?;
        let mut encoder = GzEncoder::new(compressed, Compression::best());
        copy(&mut source, &mut encoder)?;
        encoder.finish()?;
    }
    problem_pages(&target)
}

/// Writes the list of pages, by code.
fn problem_pages(target: &Path) -> Result<(), Box<dyn Error>> {
    // Asked when it runs: a copy of the tree may share what is built with this one.
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../docs/problems");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut pages =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    pages.sort();
    let rows = pages.iter().filter_map(|page| {
        let code = page.file_stem()?.to_str()?;
        Some(format!("    ({code:?}, include_str!({:?})),\n", page.to_str()?))
    });
    let list = format!("&[\n{}]", rows.collect::<String>());
    std::fs::write(target.join("problems.rs"), list)?;
    Ok(())
}
