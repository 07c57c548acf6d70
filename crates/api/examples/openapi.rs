//! Writes `web/openapi.json`, from which the web UI's client is generated.

use std::io::Write as _;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let text = api::openapi().to_pretty_json().map_err(std::io::Error::other)?;
    let mut file = std::fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")
}
