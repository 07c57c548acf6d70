//! libgsm is linked statically, so that the one binary needs nothing beside it. It comes with Debian's libgsm1-dev.

use std::{path::Path, process::Command};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The C compiler knows where a distribution keeps its libraries.
    let asked = Command::new("cc").arg("-print-file-name=libgsm.a").output();
    let answer = asked.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default();
    let dir = Path::new(&answer).parent().filter(|d| d.is_absolute());
    assert!(dir.is_some(), "libgsm.a is missing: run scripts/prepare build, or install libgsm1-dev");
    if let Some(dir) = dir {
        println!("cargo:rustc-link-search=native={}", dir.display());
    }
    println!("cargo:rustc-link-lib=static:-bundle=gsm");
}
