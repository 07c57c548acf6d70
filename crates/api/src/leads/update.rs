use super::selection::shown;
use crate::prelude::*;
use engine::Change;
use model::record::Lead;
use model::{LeadId, Vars};
use store::LeadPatch;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadChange {
    #[serde(default)]
    name: Option<String>,
    /// Replaces all columns.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    variables: Option<Vars>,
    #[serde(default)]
    priority: Option<i32>,
    #[serde(default)]
    next_at: Option<At>,
}

/// Changes a lead's name, columns, priority or next time.
#[utoipa::path(patch, path = "/leads/{id}", responses((status = 200, body = Lead)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<LeadId>,
    Json(body): Json<LeadChange>,
) -> Answer<Json<Lead>> {
    who.may(P::LeadWrite)?;
    check(body.name.as_deref().unwrap_or_default(), body.variables.as_ref().unwrap_or(&Vars::new()))?;
    let fields: Vec<_> =
        [("name", body.name.is_some()), ("variables", body.variables.is_some()), ("priority", body.priority.is_some())]
            .into_iter()
            .filter_map(|(name, there)| there.then_some(name))
            .collect();
    let patch = LeadPatch { name: body.name, variables: body.variables, priority: body.priority, next_at: body.next_at };
    let lead = api.store().update_lead(who.tenant(), id, patch).await?;
    desk::audit(api.store(), &who.actor, "lead.update", &format!("lead:{id}"), json!({ "fields": fields })).await?;
    api.changed(Change::Campaign(lead.campaign_id));
    Ok(Json(shown(&who, lead)))
}

/// # Errors
/// Columns beyond what a sheet may hold.
pub fn check(name: &str, variables: &Vars) -> Answer<()> {
    if name.chars().count() > 100 {
        return Err(Problem::invalid("name", Text::new("姓名不能超过 100 个字", "a name has at most 100 characters")));
    }
    let size = serde_json::to_string(variables).map_or(usize::MAX, |t| t.len());
    if variables.len() > 100 || size > 32 * 1024 {
        let text = Text::new("自定义字段最多 100 个、合计 32 KB", "at most 100 columns and 32 KB in all");
        return Err(Problem::invalid("variables", text));
    }
    Ok(())
}
