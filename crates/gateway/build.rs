//! Takes the two files of Swagger UI that the documentation page needs out of its vendored archive, and
//! compresses them as they will be sent.

use std::error::Error;
use std::fs::File;
use std::io::{Cursor, copy};
use std::path::PathBuf;

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
    Ok(())
}
