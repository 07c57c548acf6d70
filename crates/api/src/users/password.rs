use crate::prelude::*;
use desk::access;
use model::UserId;

#[derive(Deserialize, ToSchema)]
pub struct NewPassword {
    password: String,
}

/// Sets a user's password, ends the user's sessions and asks for a new password at the next sign-in.
#[utoipa::path(put, path = "/users/{id}/password", responses((status = 204)))]
pub async fn reset_password(
    State(api): State<ApiState>,
    who: Principal,
    Path(id): Path<UserId>,
    Json(body): Json<NewPassword>,
) -> Answer<StatusCode> {
    who.may(P::UserWrite)?;
    access::reset_password(api.store(), &who.actor, id, &body.password).await?;
    api.streams().look_again(&format!("user:{id}"));
    Ok(StatusCode::NO_CONTENT)
}
