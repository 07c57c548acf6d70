//! 流程与语音: flow documents by version, and prompts.

use super::codes;
use crate::{At, FlowId, PromptId, TenantId};
use serde::{Deserialize, Serialize};

/// A flow's head. Its documents are versions: at most one draft, any number published; the highest published one runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Flow {
    pub id: FlowId,
    pub tenant_id: TenantId,
    pub name: String,
    pub description: String,
    /// The version that new calls run.
    pub published_version: Option<u32>,
    pub has_draft: bool,
    pub created_at: At,
    pub updated_at: At,
    /// Grows with each saved draft; an update that names an older one is refused with 409.
    pub revision: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FlowVersion {
    pub flow_id: FlowId,
    pub version: u32,
    /// The flow document, see the schema served at `/api/v1/schemas/flow.json`.
    pub doc: serde_json::Value,
    pub published_at: At,
    pub published_by: String,
    pub note: String,
}

codes!(PromptSource { Upload = "upload", Tts = "tts" });

/// A named sound. Its file is 8 kHz A-law without a header, made at upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Prompt {
    pub id: PromptId,
    pub tenant_id: TenantId,
    /// Named by flows; unique in the tenant.
    pub name: String,
    pub source: PromptSource,
    /// What it says: the text spoken by TTS, or a note of what the recording says.
    pub text: String,
    pub voice: Option<String>,
    pub duration_ms: u32,
    /// Content address of the A-law file.
    pub blob: String,
    pub created_at: At,
    pub updated_at: At,
}
