//! Finds the built web UI. It never runs npm: a release without `web/dist` fails here with the one command to run; any
//! other build goes on and serves a stub page until the UI is there.

use std::path::Path;

fn main() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    let web = web.canonicalize().unwrap_or(web);
    let dist = web.join("dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=FENGLING_WEB_DIST={}", dist.display());
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed={}", dist.display());
        if !dist.join("index.html").is_file() {
            println!("cargo::error=the web UI is not built (web/dist/index.html is missing); run: make web");
        }
    }
}
