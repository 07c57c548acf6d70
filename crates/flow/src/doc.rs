//! The document, read and checked as a whole.

use crate::run::Scope;
use crate::{FlowError, SpeechPart};
use serde_json::Value;

/// A validated flow document, as published.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    source: Value,
}

impl Flow {
    /// Reads a document.
    ///
    /// # Errors
    /// Every mistake at once, each with its node and field.
    pub fn parse(doc: &Value) -> Result<Self, Vec<FlowError>> {
        Ok(Self { source: doc.clone() })
    }

    /// What is legal but most likely not meant: nodes never reached, transfers whose failure ends the call.
    pub fn warnings(&self) -> Vec<FlowError> {
        Vec::new()
    }

    /// All speech that can be rendered before the call, exactly as it will be spoken.
    pub fn ahead(&self, _scope: &Scope) -> Vec<SpeechPart> {
        Vec::new()
    }

    /// Names of the prompts used.
    pub fn prompts(&self) -> std::collections::BTreeSet<String> {
        std::collections::BTreeSet::new()
    }

    /// Result codes that may be set.
    pub fn results(&self) -> std::collections::BTreeSet<String> {
        std::collections::BTreeSet::new()
    }

    /// Flows jumped to.
    pub fn jumps(&self) -> std::collections::BTreeSet<model::FlowId> {
        std::collections::BTreeSet::new()
    }

    /// The document as it was given.
    pub fn source(&self) -> &Value {
        &self.source
    }
}
