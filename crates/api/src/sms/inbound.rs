use crate::prelude::*;
use crate::principal::{RemoteIp, by_key};
use desk::message;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InboundQuery {
    /// An API key with `message:sms:send`, for providers that cannot send headers.
    key: Option<String>,
}

/// A message from a subscriber, or a report on one of ours.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum InboundSms {
    /// 上行短信
    Message {
        phone: String,
        text: String,
        #[serde(default)]
        id: Option<String>,
    },
    /// 状态报告
    Report {
        /// The provider's id of our message.
        id: String,
        delivered: bool,
        #[serde(default)]
        error: Option<String>,
    },
}

/// Where the SMS provider calls back: messages that came in, and delivery reports.
#[utoipa::path(post, path = "/sms/inbound", params(InboundQuery), responses((status = 204)))]
pub async fn inbound(
    State(api): State<ApiState>,
    who: Option<Principal>,
    RemoteIp(ip): RemoteIp,
    Query(q): Query<InboundQuery>,
    Json(body): Json<InboundSms>,
) -> Answer<StatusCode> {
    let who = match (who, q.key) {
        (Some(who), _) => who,
        (None, Some(key)) => by_key(&api, &key, &ip).await?.ok_or_else(Problem::unauthenticated)?,
        (None, None) => return Err(Problem::unauthenticated()),
    };
    who.may(P::MessageSend)?;
    match body {
        InboundSms::Message { phone, text, id } => {
            message::receive(api.store(), who.tenant(), &phone, &text, id.as_deref()).await?;
        }
        InboundSms::Report { id, delivered, error } => {
            message::delivered(api.store(), who.tenant(), &id, delivered, error.as_deref()).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}
