use crate::prelude::*;
use model::CampaignId;
use model::record::ListKind;
use store::Place;

/// Which list: the tenant's own, unless one of the others is named.
#[derive(Deserialize, ToSchema)]
pub struct ListAt {
    pub kind: ListKind,
    /// The exempt list of this campaign.
    #[serde(default)]
    pub campaign_id: Option<CampaignId>,
    /// The list of the whole installation; administrators of the first tenant only.
    #[serde(default)]
    pub everywhere: bool,
}

impl ListAt {
    /// # Errors
    /// No such list, or not theirs to see.
    pub async fn place(&self, api: &ApiState, who: &Principal) -> Answer<Place> {
        Ok(desk::lists::place(api.store(), &who.actor, self.kind, self.campaign_id, self.everywhere).await?)
    }
}
