//! The house's own rules, checked on the sources: arrows as drawn in ARCHITECTURE.md, short functions and files, and pure
//! rooms that neither read a clock nor open a socket.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 800;
const PURE: &[&str] = &["model", "flow", "dialer", "call", "acd", "media", "floor", "simulate"];
/// What a pure room may depend on besides other pure rooms.
const PURE_DEPENDENCIES: &[&str] = &[
    "serde",
    "serde_json",
    "thiserror",
    "jiff",
    "phonenumber",
    "utoipa",
    "minijinja",
    "audio-codec",
    "g729-sys",
    "opus",
    "rubato",
    "symphonia",
    "microfft",
];
/// Paths that reach out of a pure room.
const IMPURE: &[&str] = &[
    "std::time::Instant",
    "std::time::SystemTime",
    "std::net",
    "std::fs",
    "std::thread",
    "std::process",
    "std::env",
    "std::io::stdin",
    "tokio",
    "rand",
    "Timestamp::now",
    "Zoned::now",
    "SystemTime::now",
    "Instant::now",
];

fn files(dir: &Path, extensions: &[&str], out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if path.is_dir() {
            if !matches!(name.as_ref(), "target" | "node_modules" | "dist" | ".git" | "data") {
                files(&path, extensions, out);
            }
        } else if extensions.iter().any(|e| name.ends_with(e)) {
            out.push(path);
        }
    }
}

fn sources(extensions: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for dir in ["crates", "tests", "bench", "web/src", "web/e2e", "fuzz"] {
        files(&checks::top().join(dir), extensions, &mut out);
    }
    assert!(!out.is_empty(), "no sources found");
    out.sort();
    out
}

fn shown(path: &Path) -> String {
    path.strip_prefix(checks::top()).unwrap_or(path).display().to_string()
}

#[test]
fn files_stay_short() {
    let mut long = Vec::new();
    for path in sources(&[".rs", ".ts", ".tsx", ".mjs"]) {
        // The client generated from the OpenAPI document is as long as that is.
        if path.ends_with("src/api/schema.d.ts") {
            continue;
        }
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        if lines > FILE_LINES_MAX {
            long.push(format!("{}: {lines} lines", shown(&path)));
        }
    }
    assert!(long.is_empty(), "files over {FILE_LINES_MAX} lines:\n{}", long.join("\n"));
}

struct Functions<'a> {
    file: &'a Path,
    long: Vec<String>,
}

impl Functions<'_> {
    fn measure(&mut self, name: &syn::Ident, block: &syn::Block) {
        let lines = block.span().end().line - block.span().start().line + 1;
        if lines > FUNCTION_LINES_MAX {
            self.long.push(format!("{}:{} {name}: {lines} lines", shown(self.file), block.span().start().line));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, f: &'ast syn::ItemFn) {
        self.measure(&f.sig.ident, &f.block);
        visit::visit_item_fn(self, f);
    }

    fn visit_impl_item_fn(&mut self, f: &'ast syn::ImplItemFn) {
        self.measure(&f.sig.ident, &f.block);
        visit::visit_impl_item_fn(self, f);
    }
}

#[test]
fn functions_stay_short() {
    let mut long = Vec::new();
    for path in sources(&[".rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", shown(&path)));
        let mut seen = Functions { file: &path, long: Vec::new() };
        seen.visit_file(&parsed);
        long.extend(seen.long);
    }
    assert!(long.is_empty(), "functions over {FUNCTION_LINES_MAX} lines:\n{}", long.join("\n"));
}

/// The fenced block of ARCHITECTURE.md that begins with ```` ```arrows ````: `room → room room`.
fn drawn() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(checks::top().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let block = text.split("```arrows\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block ```arrows");
    let mut rooms = BTreeMap::new();
    for line in block.lines().filter(|l| !l.trim().is_empty()) {
        let (room, uses) = line.split_once('→').unwrap_or((line, ""));
        rooms.insert(room.trim().to_owned(), uses.split_whitespace().map(str::to_owned).collect());
    }
    rooms
}

fn manifests() -> BTreeMap<String, toml::Table> {
    let mut out = BTreeMap::new();
    for entry in fs::read_dir(checks::top().join("crates")).unwrap().flatten() {
        let Ok(text) = fs::read_to_string(entry.path().join("Cargo.toml")) else { continue };
        out.insert(entry.file_name().to_string_lossy().into_owned(), text.parse().unwrap());
    }
    out
}

fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    table.map(|t| t.keys().cloned().collect()).unwrap_or_default()
}

#[test]
fn arrows_are_those_drawn() {
    let drawn = drawn();
    let manifests = manifests();
    let rooms: BTreeSet<&String> = manifests.keys().collect();
    assert_eq!(rooms, drawn.keys().collect::<BTreeSet<_>>(), "rooms in crates/ and in ARCHITECTURE.md differ");
    for (room, manifest) in &manifests {
        let used: BTreeSet<String> = dependencies(manifest).into_iter().filter(|d| manifests.contains_key(d)).collect();
        assert_eq!(used, drawn[room], "arrows of `{room}`: left what Cargo.toml has, right what ARCHITECTURE.md draws");
    }
}

#[test]
fn no_arrow_runs_back_up() {
    let drawn = drawn();
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    while settled.len() < drawn.len() {
        let before = settled.len();
        for (room, uses) in &drawn {
            if uses.iter().all(|u| settled.contains(u.as_str())) {
                settled.insert(room);
            }
        }
        assert!(settled.len() > before, "a circle among {:?}", drawn.keys().filter(|r| !settled.contains(r.as_str())));
    }
}

#[test]
fn pure_rooms_use_only_what_they_may() {
    let manifests = manifests();
    let mut wrong = Vec::new();
    for room in PURE {
        for dependency in dependencies(&manifests[*room]) {
            if !PURE.contains(&dependency.as_str()) && !PURE_DEPENDENCIES.contains(&dependency.as_str()) {
                wrong.push(format!("{room} uses {dependency}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Collects every path a file names, test modules left out.
#[derive(Default)]
struct Paths {
    seen: Vec<(usize, String)>,
}

fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs
        .iter()
        .any(|a| a.path().is_ident("cfg") && matches!(&a.meta, syn::Meta::List(l) if l.tokens.to_string().contains("test")))
}

fn flatten(prefix: &str, tree: &syn::UseTree, out: &mut Vec<String>) {
    match tree {
        syn::UseTree::Path(p) => flatten(&format!("{prefix}{}::", p.ident), &p.tree, out),
        syn::UseTree::Name(n) => out.push(format!("{prefix}{}", n.ident)),
        syn::UseTree::Rename(r) => out.push(format!("{prefix}{}", r.ident)),
        syn::UseTree::Glob(_) => out.push(format!("{prefix}*")),
        syn::UseTree::Group(g) => g.items.iter().for_each(|t| flatten(prefix, t, out)),
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, m: &'ast syn::ItemMod) {
        if !is_test(&m.attrs) {
            visit::visit_item_mod(self, m);
        }
    }

    fn visit_item_use(&mut self, u: &'ast syn::ItemUse) {
        let mut out = Vec::new();
        flatten("", &u.tree, &mut out);
        self.seen.extend(out.into_iter().map(|p| (u.span().start().line, p)));
    }

    fn visit_path(&mut self, p: &'ast syn::Path) {
        let text = p.segments.iter().map(|s| s.ident.to_string()).collect::<Vec<_>>().join("::");
        self.seen.push((p.span().start().line, text));
        visit::visit_path(self, p);
    }
}

fn reaches_out(path: &str, forbidden: &str) -> bool {
    let inside = format!("{forbidden}::");
    path == forbidden || path.starts_with(&inside) || (!forbidden.starts_with("std") && path.ends_with(&format!("::{forbidden}")))
}

#[test]
fn pure_rooms_read_no_clock_and_open_no_socket() {
    let mut wrong = Vec::new();
    for room in PURE {
        let mut paths = Vec::new();
        files(&checks::top().join("crates").join(room).join("src"), &[".rs"], &mut paths);
        // `mod tests;` in a file of its own is test code too.
        for path in paths.into_iter().filter(|p| !p.ends_with("tests.rs")) {
            let parsed = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            let mut seen = Paths::default();
            seen.visit_file(&parsed);
            for (line, used) in seen.seen {
                if IMPURE.iter().any(|f| reaches_out(&used, f)) {
                    wrong.push(format!("{}:{line} {used}", shown(&path)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "pure rooms reach out:\n{}", wrong.join("\n"));
}

#[test]
fn the_check_itself_can_fail() {
    assert!(reaches_out("std::net::UdpSocket", "std::net"));
    assert!(reaches_out("jiff::Timestamp::now", "Timestamp::now"));
    assert!(reaches_out("tokio::spawn", "tokio"));
    assert!(!reaches_out("std::network", "std::net"));
}
