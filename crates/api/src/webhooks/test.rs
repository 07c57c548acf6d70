use crate::prelude::*;
use desk::webhook;
use model::WebhookId;

/// What the endpoint answered.
#[derive(Serialize, ToSchema)]
pub struct TestAnswer {
    ok: bool,
    status: Option<u16>,
    error: Option<String>,
}

/// Sends one signed `webhook.test` event now and shows what the endpoint answered.
#[utoipa::path(post, path = "/webhooks/{id}/test", responses((status = 200, body = TestAnswer)))]
pub async fn test(State(api): State<ApiState>, who: Principal, Path(id): Path<WebhookId>) -> Answer<Json<TestAnswer>> {
    who.may(P::WebhookWrite)?;
    let outcome = webhook::test(api.store(), &who.actor, &api.parts().client, id).await?;
    Ok(Json(TestAnswer { ok: outcome.ok, status: outcome.status, error: outcome.error }))
}
