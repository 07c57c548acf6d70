use crate::prelude::*;
use crate::principal::RemoteIp;

/// Calls a booking off by the reference that it was answered with. 409 when it is being reached or is over.
#[utoipa::path(delete, path = "/public/booking/{token}/{reference}", responses((status = 204)))]
pub async fn call_off(
    State(api): State<ApiState>,
    RemoteIp(ip): RemoteIp,
    Path((token, reference)): Path<(String, String)>,
) -> Answer<StatusCode> {
    desk::booking::call_off(api.store(), &token, &reference, &ip).await?;
    Ok(StatusCode::NO_CONTENT)
}
