use crate::mask;
use crate::prelude::*;
use desk::consent::{self, Said};
use model::CampaignId;
use model::record::{Consent, ConsentAction, ConsentSource};

#[derive(Deserialize, ToSchema)]
pub struct ConsentInput {
    phone: String,
    /// `refused` puts the number on the exempt list, `given` on the list of those who agreed, `lifted` takes a refusal back.
    action: ConsentAction,
    /// About this campaign alone; none: about all calls.
    #[serde(default)]
    campaign_id: Option<CampaignId>,
    #[serde(default)]
    source: Option<ConsentSource>,
    /// Where it can be looked up: `call:123`, a file's name.
    #[serde(default)]
    evidence: String,
    /// What was written or said.
    #[serde(default)]
    words: String,
}

/// Writes down that somebody agreed to calls or wants no more of them; the lists follow.
#[utoipa::path(post, path = "/consents", responses((status = 201, body = Consent)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Json(body): Json<ConsentInput>,
) -> Answer<(StatusCode, Json<Consent>)> {
    who.may(P::ListWrite)?;
    let unsaid = if who.actor.user.is_some() { ConsentSource::Manual } else { ConsentSource::Api };
    let said = Said {
        action: body.action,
        campaign: body.campaign_id,
        source: body.source.unwrap_or(unsaid),
        evidence: body.evidence,
        words: body.words,
    };
    let mut noted = consent::note(api.store(), &who.actor, &body.phone, said).await?;
    if !who.reveals() {
        noted.phone = mask::number(&noted.phone);
    }
    Ok((StatusCode::CREATED, Json(noted)))
}
