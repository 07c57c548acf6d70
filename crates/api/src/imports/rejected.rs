use super::load;
use crate::download;
use crate::prelude::*;
use desk::import::{self, Masks};
use model::ImportId;

/// The rows that were refused, with the reason, ready to be corrected and brought in again.
#[utoipa::path(get, path = "/imports/{id}/rejected.csv", responses((status = 200, description = "the rows", content_type = "text/csv")))]
pub async fn rejected(State(api): State<ApiState>, who: Principal, Path(id): Path<ImportId>) -> Answer<Response> {
    who.may(P::LeadWrite)?;
    load(&api, &who, id).await?;
    let masks = Masks { cell: crate::mask::number, sentence: crate::mask::spoken };
    download::send(import::rejected_csv(api.store(), &who.actor, id, masks).await?).await
}
