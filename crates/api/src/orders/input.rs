//! What a person writes of an order, and where it comes from.

use crate::mask;
use crate::prelude::*;
use crate::principal::Who;
use crate::scope::Seen;
use desk::order::{LineWish, OrderWish, Origin};
use model::record::{Direction, Order};
use model::{AgentId, CallId, CampaignId, CustomerId, LeadId, ProductId};

#[derive(Deserialize, ToSchema)]
pub struct OrderInput {
    #[serde(default)]
    customer_id: Option<CustomerId>,
    /// Left out: as the call or the lead has it.
    #[serde(default)]
    customer_name: String,
    /// Left out: the far party of the call. Whoever sees it masked sends it back as it was shown.
    #[serde(default)]
    phone: String,
    #[serde(default)]
    lines: Vec<LineInput>,
    /// 二次确认: where the customer's consent can be heard or read.
    #[serde(default)]
    confirmation: String,
    #[serde(default)]
    note: String,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
pub struct LineInput {
    product_id: ProductId,
    quantity: u32,
}

#[derive(Default, Deserialize, ToSchema)]
pub struct OriginInput {
    /// The call it was taken in: one's own, or one that is seen.
    #[serde(default)]
    call_id: Option<CallId>,
    #[serde(default)]
    campaign_id: Option<CampaignId>,
    #[serde(default)]
    lead_id: Option<LeadId>,
    /// Who sold it; left out: whoever writes it.
    #[serde(default)]
    agent_id: Option<AgentId>,
}

impl OrderInput {
    pub fn into_wish(self) -> OrderWish {
        let line = |l: LineInput| LineWish { product_id: l.product_id, quantity: l.quantity };
        OrderWish {
            customer_id: self.customer_id,
            customer_name: self.customer_name,
            phone: self.phone,
            lines: self.lines.into_iter().map(line).collect(),
            confirmation: self.confirmation,
            note: self.note,
        }
    }
}

/// What came back as it was shown masked is what it was.
pub fn unmask(wish: &mut OrderWish, before: &Order) {
    if mask::number(&before.phone) == wish.phone {
        wish.phone.clone_from(&before.phone);
    }
    if mask::spoken(&before.note) == wish.note {
        wish.note.clone_from(&before.note);
    }
}

/// Who the far party of a call is.
#[derive(Default)]
struct Far {
    name: String,
    phone: String,
    campaign_id: Option<CampaignId>,
    lead_id: Option<LeadId>,
}

/// Where the order comes from; the wish gets the name and the number from there where none is written.
///
/// # Errors
/// 422 of a call, an agent, a campaign or a lead that is not seen.
pub async fn origin(api: &ApiState, who: &Principal, given: OriginInput, wish: &mut OrderWish) -> Answer<Origin> {
    let seen = Seen::of(api, who).await?;
    let own = own(api, who).await?;
    let agent_id = given.agent_id.or(own);
    if agent_id.is_some_and(|agent| !seen.agent(agent)) || (agent_id.is_none() && !seen.all()) {
        let text = Text::new("请选择您数据范围内的坐席", "choose an agent within your scope");
        return Err(Problem::invalid("agent_id", text));
    }
    let far = match (given.call_id, given.lead_id) {
        (Some(call), _) => of_call(api, who, &seen, own, call).await?,
        (None, Some(lead)) => of_lead(api, who, lead).await?,
        (None, None) => Far { campaign_id: given.campaign_id, ..Far::default() },
    };
    if let Some(id) = far.campaign_id
        && api.store().campaign(who.tenant(), id).await?.is_none()
    {
        let text = Text::new("没有这个任务，请重新选择", "there is no such campaign; choose again");
        return Err(Problem::invalid("campaign_id", text));
    }
    for (written, known) in [(&mut wish.customer_name, &far.name), (&mut wish.phone, &far.phone)] {
        if written.trim().is_empty() || *written == mask::number(known) {
            written.clone_from(known);
        }
    }
    Ok(Origin { campaign_id: far.campaign_id, lead_id: far.lead_id, call_id: given.call_id, agent_id })
}

async fn own(api: &ApiState, who: &Principal) -> Answer<Option<AgentId>> {
    let Who::Person { user, .. } = &who.who else { return Ok(None) };
    Ok(api.store().agent_of_user(who.tenant(), user.id).await?.map(|agent| agent.id))
}

/// At one's own desk, or stored and seen.
async fn of_call(api: &ApiState, who: &Principal, seen: &Seen, own: Option<AgentId>, id: CallId) -> Answer<Far> {
    let at_desk = own.and_then(|agent| api.engine().desk_view(agent)).and_then(|view| view.call);
    if let Some(call) = at_desk.filter(|call| call.call_id == id) {
        return Ok(Far { name: call.name, phone: call.number, campaign_id: call.campaign_id, lead_id: call.lead_id });
    }
    let stored = api.store().call(who.tenant(), id).await?.map(|(call, _)| call).filter(|call| seen.call(call));
    let Some(call) = stored else {
        let text = Text::new("没有这个通话，或不在您的数据范围内", "there is no such call, or it is out of your scope");
        return Err(Problem::invalid("call_id", text));
    };
    let phone = if call.direction == Direction::Inbound { call.caller } else { call.called };
    Ok(Far { name: call.name, phone, campaign_id: call.campaign_id, lead_id: call.lead_id })
}

async fn of_lead(api: &ApiState, who: &Principal, id: LeadId) -> Answer<Far> {
    let Some(lead) = api.store().lead(who.tenant(), id).await? else {
        let text = Text::new("没有这条名单，可能已被删除", "there is no such lead; it may have been deleted");
        return Err(Problem::invalid("lead_id", text));
    };
    Ok(Far { name: lead.name, phone: lead.phone, campaign_id: Some(lead.campaign_id), lead_id: Some(id) })
}
