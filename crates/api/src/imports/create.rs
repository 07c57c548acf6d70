use crate::multipart::{Form, Upload};
use crate::prelude::*;
use desk::import::{self, Preview};
use model::CampaignId;
use model::record::Import;

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for the OpenAPI document")]
pub struct SheetForm {
    /// CSV (UTF-8 or GBK) or XLSX, up to 50 MB.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

#[derive(Serialize, ToSchema)]
pub struct Uploaded {
    import: Import,
    #[schema(value_type = super::preview::PreviewView)]
    preview: Preview,
}

/// Brings a sheet in to look at; nothing is dialled until it is committed.
#[utoipa::path(post, path = "/campaigns/{id}/imports", request_body(content = SheetForm, content_type = "multipart/form-data"), responses((status = 201, body = Uploaded)))]
pub async fn create(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<CampaignId>,
    form: Form,
) -> Answer<(StatusCode, Json<Uploaded>)> {
    who.may(P::LeadWrite)?;
    api.store().campaign(who.tenant(), id).await?.ok_or_else(Problem::not_found)?;
    let upload = Upload::read(form, api.data_dir(), super::SHEET_MB_MAX).await?;
    let name = upload.file_name.clone();
    let (import, preview) = import::upload(api.store(), &who.actor, id, &name, upload.path()).await?;
    Ok((StatusCode::CREATED, Json(Uploaded { import, preview })))
}
