use super::selection::{campaign, shown};
use crate::prelude::*;
use engine::Change;
use model::record::{CampaignStatus, Lead};
use model::{CampaignId, PhoneNumber, Vars};
use store::NewLead;

#[derive(Deserialize, ToSchema)]
pub struct NewLeadBody {
    /// As people write it: 13800138000, 010-88886666, +86…
    phone: String,
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
    /// Not before this.
    #[serde(default)]
    next_at: Option<At>,
}

/// Adds one lead. 409 when the number is already in the campaign.
#[utoipa::path(post, path = "/campaigns/{id}/leads", responses((status = 201, body = Lead)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    Json(body): Json<NewLeadBody>,
) -> Answer<(StatusCode, Json<Lead>)> {
    who.may(P::LeadWrite)?;
    let campaign = campaign(&api, &who, id).await?;
    if campaign.status == CampaignStatus::Stopped {
        return Err(Problem::conflict(
            "campaign_stopped",
            Text::new("任务已停止，不能再加名单", "the campaign has been stopped"),
        ));
    }
    let lead = api.store().insert_lead(who.tenant(), id, read(body)?, api.now()).await?;
    let detail = json!({ "lead": lead.id, "phone": crate::mask::number(&lead.phone) });
    desk::audit(api.store(), &who.actor, "lead.create", &format!("campaign:{id}"), detail).await?;
    api.changed(Change::Campaign(id));
    Ok((StatusCode::CREATED, Json(shown(&who, lead))))
}

fn read(body: NewLeadBody) -> Answer<NewLead> {
    let number = PhoneNumber::parse(&body.phone, &body.default_area)
        .map_err(|e| Problem::invalid("phone", Text::new(e.zh(), e.to_string())))?;
    super::update::check(&body.name, &body.variables)?;
    Ok(NewLead {
        region: number.region().into(),
        carrier: number.carrier(),
        phone: number.e164,
        phone_raw: body.phone,
        name: body.name,
        variables: body.variables,
        priority: body.priority,
        import_id: None,
        next_at: body.next_at,
    })
}
