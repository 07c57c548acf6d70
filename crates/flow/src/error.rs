//! What is wrong with a document: where, what, and the way out, in both languages.

use serde::Serialize;

/// The kind of mistake, for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// A required field is absent.
    Missing,
    /// A field nobody knows.
    Unknown,
    /// The wrong JSON type.
    Type,
    /// Outside its limits, or not one of the allowed values.
    Value,
    /// Names a node or a variable that does not exist.
    Reference,
    /// A template or an expression that cannot be read.
    Template,
    /// Two fields contradict each other.
    Conflict,
    /// Legal but most likely not meant.
    Suspicious,
}

/// One mistake of a document. `field` is a path below the document, e.g. `nodes.ask.branches.1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {message_en}")]
pub struct FlowError {
    /// The node's id, where the mistake is inside a node.
    pub node: Option<String>,
    pub field: String,
    pub code: Problem,
    pub message_zh: String,
    pub message_en: String,
}
