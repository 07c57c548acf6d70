//! 数据范围: whose work somebody may watch and steer, by where they stand in the organisation. One answer for boards, commands,
//! lists, reports and events.

use crate::prelude::*;
use crate::principal::Who;
use model::event::{self, DomainEvent};
use model::record::{Agent, Call, Membership, Scope, units_below};
use model::{AgentId, OrgUnitId, QueueId, TenantId};
use std::collections::BTreeSet;

/// Part of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Visible {
    All,
    Units(BTreeSet<OrgUnitId>),
    /// The principal's own 工号 alone.
    #[default]
    Own,
}

/// # Errors
/// When the store does not answer.
pub async fn visible_units(api: &ApiState, who: &Principal) -> Answer<Visible> {
    let Who::Person { user, .. } = &who.who else { return Ok(Visible::All) };
    Ok(match (user.scope, user.unit_id) {
        (Scope::All, _) => Visible::All,
        (Scope::Unit, Some(unit)) => Visible::Units(BTreeSet::from([unit])),
        (Scope::Below, Some(unit)) => Visible::Units(units_below(&api.store().org_units(who.tenant()).await?, unit)),
        (Scope::Own, _) | (Scope::Unit | Scope::Below, None) => Visible::Own,
    })
}

/// The agents that are seen, and the groups that some of them belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    visible: Visible,
    own: Option<AgentId>,
    /// Empty where everybody is seen.
    agents: BTreeSet<AgentId>,
    queues: BTreeSet<QueueId>,
}

impl Seen {
    pub fn nobody() -> Self {
        Self::default()
    }

    /// # Errors
    /// When the store does not answer.
    pub async fn of(api: &ApiState, who: &Principal) -> Answer<Self> {
        let visible = visible_units(api, who).await?;
        if visible == Visible::All {
            return Ok(Self { visible, ..Self::default() });
        }
        let (store, tenant) = (api.store(), who.tenant());
        Ok(Self::among(visible, who, &store.agents(tenant).await?, &store.memberships(tenant).await?))
    }

    fn among(visible: Visible, who: &Principal, agents: &[Agent], members: &[Membership]) -> Self {
        let own = agents.iter().find(|a| a.user_id.is_some() && a.user_id == who.actor.user).map(|a| a.id);
        let mut seen = Self { visible, own, ..Self::default() };
        seen.agents = agents.iter().filter(|a| seen.stands(a.id, a.unit_id)).map(|a| a.id).collect();
        seen.queues = members.iter().filter(|m| seen.agents.contains(&m.agent_id)).map(|m| m.queue_id).collect();
        seen
    }

    /// Whether an agent of this unit is to be seen.
    fn stands(&self, agent: AgentId, unit: Option<OrgUnitId>) -> bool {
        self.own == Some(agent)
            || match &self.visible {
                Visible::All => true,
                Visible::Units(units) => unit.is_some_and(|unit| units.contains(&unit)),
                Visible::Own => false,
            }
    }

    pub fn all(&self) -> bool {
        self.visible == Visible::All
    }

    pub fn agent(&self, id: AgentId) -> bool {
        self.all() || self.agents.contains(&id)
    }

    pub fn queue(&self, id: QueueId) -> bool {
        self.all() || self.queues.contains(&id)
    }

    /// A call that one of theirs took part in, or that waited for their group and nobody took.
    pub fn call(&self, call: &Call) -> bool {
        let nobody = call.agent_id.is_none() && call.talks.is_empty();
        self.all()
            || call.agent_id.is_some_and(|a| self.agents.contains(&a))
            || call.talks.iter().any(|t| self.agents.contains(&t.agent_id))
            || (nobody && call.queue_id.is_some_and(|q| self.queues.contains(&q)))
    }

    /// What reports and lists are limited to; none: to nothing.
    pub fn limits(&self) -> Option<store::report::Seen> {
        (!self.all()).then(|| store::report::Seen { agents: self.agents.clone(), queues: self.queues.clone() })
    }

    /// Whoever sees a part of the tree puts agents there and nowhere else.
    ///
    /// # Errors
    /// 422 at `unit_id`.
    pub fn may_place(&self, unit: Option<OrgUnitId>) -> Answer<()> {
        let may = match &self.visible {
            Visible::All => true,
            Visible::Units(units) => unit.is_some_and(|unit| units.contains(&unit)),
            Visible::Own => false,
        };
        let text = Text::new("请选择您数据范围内的部门", "choose a unit within your scope");
        if may { Ok(()) } else { Err(Problem::invalid("unit_id", text)) }
    }

    /// Whether the event says that others are seen from now on than before.
    pub fn is_stale_after(&self, tenant: TenantId, event: &DomainEvent) -> bool {
        if self.all() || event.tenant_id != tenant {
            return false;
        }
        match event.kind.as_str() {
            event::AGENT_CHANGED => {
                let id = |field: &str| event.data[field].as_i64();
                let agent = AgentId(id("agent_id").unwrap_or_default());
                let gone = event.data["deleted"] == true;
                let stands = !gone && self.stands(agent, id("unit_id").map(OrgUnitId));
                stands != self.agents.contains(&agent)
            }
            event::QUEUE_CHANGED => true,
            _ => false,
        }
    }
}
