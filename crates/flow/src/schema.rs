//! The published JSON Schema of flow documents. Kept truthful by `tests/schema.rs`.

use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    // Embedded at build time and read by every test run; null could only mean a broken build.
    serde_json::from_str(include_str!("schema.json")).unwrap_or(Value::Null)
});

/// The JSON Schema (2020-12) of `fengling.flow/1`.
pub fn schema() -> Value {
    SCHEMA.clone()
}
