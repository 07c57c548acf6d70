//! 呼叫规则: what a task asks for besides the tenant's rules. It may be stricter, never looser.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct DialRules {}
