use crate::prelude::*;
use model::FlowId;
use model::record::Flow;

#[derive(Deserialize, ToSchema)]
pub struct FlowName {
    name: String,
    #[serde(default)]
    description: String,
}

/// Renames a flow.
#[utoipa::path(patch, path = "/flows/{id}", responses((status = 200, body = Flow)))]
pub async fn update(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<FlowId>,
    Json(body): Json<FlowName>,
) -> Answer<Json<Flow>> {
    who.may(P::FlowWrite)?;
    check_name(&body.name, &body.description)?;
    let flow = api.store().rename_flow(who.tenant(), id, body.name.trim(), &body.description, api.now()).await?;
    desk::audit(api.store(), &who.actor, "flow.rename", &format!("flow:{id}"), json!({ "name": flow.name })).await?;
    Ok(Json(flow))
}

/// # Errors
/// An empty or overlong name.
pub fn check_name(name: &str, description: &str) -> Answer<()> {
    if !(1..=60).contains(&name.trim().chars().count()) {
        return Err(Problem::invalid("name", Text::new("名称须为 1–60 个字", "a name has 1–60 characters")));
    }
    if description.chars().count() > 1000 {
        return Err(Problem::invalid(
            "description",
            Text::new("说明不能超过 1000 个字", "a description has at most 1,000 characters"),
        ));
    }
    Ok(())
}
