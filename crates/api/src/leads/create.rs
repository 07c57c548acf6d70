use super::dedupe::DedupeBody;
use super::selection::shown;
use crate::prelude::*;
use desk::lead::{Added, LeadWish};
use engine::Change;
use model::record::Lead;
use model::{AgentId, CampaignId, LeadListId, Vars};

#[derive(Deserialize, ToSchema)]
pub struct NewLeadBody {
    /// As people write it: 13800138000, 010-88886666, +86…
    phone: String,
    /// Further numbers of the same person, tried in this order; at most nine.
    #[serde(default)]
    phones: Vec<String>,
    /// Area code of numbers written without one, e.g. `010`.
    #[serde(default)]
    default_area: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    variables: Vars,
    /// Higher first.
    #[serde(default)]
    priority: i32,
    /// The list it goes to; the campaign's own when absent.
    #[serde(default)]
    list_id: Option<LeadListId>,
    /// What your system knows it by: given back in webhooks. Asked for again, the lead that is there is answered with 200.
    #[serde(default)]
    source_id: Option<String>,
    /// Not before this.
    #[serde(default)]
    next_at: Option<At>,
    /// Not before so many minutes from now, e.g. 90 after a ticket was answered.
    #[serde(default)]
    after_minutes: Option<u32>,
    /// Called within so many minutes (from when it may be called), before all others; after that it is `expired`.
    #[serde(default)]
    call_within_minutes: Option<u32>,
    /// The one agent who is to call it.
    #[serde(default)]
    agent_id: Option<AgentId>,
    /// Whom to leave out: 409 `repeat`.
    #[serde(default)]
    dedupe: DedupeBody,
}

/// Adds one lead, while the campaign runs too. 409 when the number is already in the campaign.
#[utoipa::path(post, path = "/campaigns/{id}/leads", responses((status = 201, body = Lead), (status = 200, body = Lead)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<NewLeadBody>,
) -> Answer<(StatusCode, Json<Lead>)> {
    who.may(P::LeadWrite)?;
    super::update::check(&body.name, &body.variables)?;
    match desk::lead::add(api.store(), &who.actor, id, body.into()).await? {
        Added::Known(lead) => Ok((StatusCode::OK, Json(shown(&who, lead)))),
        Added::New(lead) => {
            api.changed(Change::Campaign(id));
            Ok((StatusCode::CREATED, Json(shown(&who, lead))))
        }
    }
}

impl From<NewLeadBody> for LeadWish {
    fn from(body: NewLeadBody) -> Self {
        Self {
            phone: body.phone,
            phones: body.phones,
            default_area: body.default_area,
            name: body.name,
            variables: body.variables,
            priority: body.priority,
            list_id: body.list_id,
            source_id: body.source_id,
            next_at: body.next_at,
            after_minutes: body.after_minutes,
            call_within_minutes: body.call_within_minutes,
            agent_id: body.agent_id,
            dedupe: body.dedupe.into(),
        }
    }
}
