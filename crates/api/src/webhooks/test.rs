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
    let (status, error) = match webhook::test(api.store(), &who.actor, id).await? {
        Ok(status) => (Some(status), None),
        Err(error) => (None, Some(error)),
    };
    let ok = status.is_some_and(|s| (200..300).contains(&s));
    Ok(Json(TestAnswer { ok, status, error }))
}
