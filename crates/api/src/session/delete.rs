use super::cookie;
use crate::prelude::*;
use crate::principal::{Newcomer, SpeaksTls};
use axum::http::{HeaderName, HeaderValue, header};
use desk::access;

/// Signs out.
#[utoipa::path(delete, path = "/session", responses((status = 204)))]
pub async fn delete(
    State(api): State<ApiState>,
    Newcomer(who): Newcomer,
    tls: SpeaksTls,
) -> Answer<(StatusCode, [(HeaderName, HeaderValue); 1])> {
    let (_, session) = who.person()?;
    access::sign_out(api.store(), session).await?;
    api.streams().look_again(&who.key());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie(tls, "")?)]))
}
