//! What a person writes of an agent.

use crate::prelude::*;
use desk::access::mask;
use desk::agent::Wish;
use model::record::Agent;
use model::{OrgUnitId, UserId};
use std::collections::BTreeMap;

#[derive(Deserialize, ToSchema)]
pub struct AgentInput {
    /// 工号: 2–8 digits, unique.
    number: String,
    name: String,
    /// Their own phone: calls from it are known to be theirs. Empty: none.
    #[serde(default)]
    mobile: String,
    /// Who signs in with it; none: a seat that others sign in.
    #[serde(default)]
    user_id: Option<UserId>,
    /// 部门; none: outside the tree, seen by those who see all.
    #[serde(default)]
    pub unit_id: Option<OrgUnitId>,
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
            mobile: self.mobile.trim().to_owned(),
            user_id: self.user_id,
            unit_id: self.unit_id,
            enabled: self.enabled,
            skills: self.skills,
        }
    }
}

impl AgentInput {
    /// A mobile that comes back as it was shown masked is what it was.
    pub fn over(mut self, who: &Principal, before: &Agent) -> Self {
        if !who.reveals() && !before.mobile.is_empty() && self.mobile.trim() == mask(&before.mobile) {
            self.mobile.clone_from(&before.mobile);
        }
        self
    }
}

/// An agent as this person sees them.
pub fn shown(who: &Principal, mut agent: Agent) -> Agent {
    if !who.reveals() && !agent.mobile.is_empty() {
        agent.mobile = mask(&agent.mobile);
    }
    agent
}
