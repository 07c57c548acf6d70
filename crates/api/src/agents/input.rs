//! What a person writes of an agent.

use crate::prelude::*;
use desk::agent::Wish;
use model::UserId;
use std::collections::BTreeMap;

#[derive(Deserialize, ToSchema)]
pub struct AgentInput {
    /// 工号: 2–8 digits, unique.
    number: String,
    name: String,
    /// Who signs in with it; none: a seat that others sign in.
    #[serde(default)]
    user_id: Option<UserId>,
    #[serde(default = "yes")]
    enabled: bool,
    /// Id of a skill → level, 1–10.
    #[serde(default)]
    skills: BTreeMap<String, u8>,
}

const fn yes() -> bool {
    true
}

impl AgentInput {
    pub fn into_wish(self) -> Wish {
        Wish {
            number: self.number.trim().to_owned(),
            name: self.name.trim().to_owned(),
            user_id: self.user_id,
            enabled: self.enabled,
            skills: self.skills,
        }
    }
}
