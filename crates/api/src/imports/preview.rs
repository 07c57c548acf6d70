use super::load;
use crate::prelude::*;
use desk::import::{self, Options, Preview};
use model::ImportId;
use model::record::{FieldDef, FieldKind};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewQuery {
    sheet: Option<String>,
    /// `utf-8` or `gbk`; found out when absent.
    encoding: Option<String>,
    /// Area code of fixed numbers written without one, e.g. `0531`.
    default_area: Option<String>,
}

/// How a sheet looks before it is run.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub struct PreviewView {
    encoding: String,
    sheets: Vec<String>,
    sheet: String,
    columns: Vec<PreviewColumn>,
    rows: Vec<PreviewRow>,
    rows_total: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewColumn {
    index: u64,
    header: String,
    /// `phone`, `name`, `skip` or `field:<key>`
    guess: String,
    kind: FieldKind,
    /// Ready to be sent back with the mapping, where the guess is a field the campaign does not have yet.
    new_field: Option<FieldDef>,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewRow {
    row: u64,
    values: Vec<String>,
    /// `ok`, `duplicate` or `rejected`
    verdict: String,
    phone: Option<String>,
    reason: Option<String>,
    reason_en: Option<String>,
}

/// Looks at an uploaded sheet again, with another sheet, encoding or area code.
#[utoipa::path(get, path = "/imports/{id}/preview", params(PreviewQuery), responses((status = 200, body = PreviewView)))]
pub async fn preview(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<ImportId>,
    Query(q): Query<PreviewQuery>,
) -> Answer<Json<Preview>> {
    who.may(P::LeadWrite)?;
    load(&api, &who, id).await?;
    let options = Options { sheet: q.sheet, encoding: q.encoding, default_area: q.default_area.unwrap_or_default() };
    let mut preview = import::preview(api.store(), &who.actor, id, &options).await?;
    if !import::shows_numbers(api.store(), &who.actor, id).await? {
        mask(&mut preview);
    }
    Ok(Json(preview))
}

fn mask(preview: &mut Preview) {
    let sentence = |text: &mut Option<String>| *text = text.take().map(|t| crate::mask::spoken(&t));
    for row in &mut preview.rows {
        row.values.iter_mut().for_each(|v| *v = crate::mask::number(v));
        row.phone = row.phone.take().map(|p| crate::mask::number(&p));
        sentence(&mut row.reason);
        sentence(&mut row.reason_en);
    }
}
