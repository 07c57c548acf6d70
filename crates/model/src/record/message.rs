//! SMS, mail and webhooks: what leaves the building besides calls.

use super::codes;
use crate::{At, AttemptId, CallId, CampaignId, DeliveryId, LeadId, MailId, SmsId, TenantId, WebhookId};
use serde::{Deserialize, Serialize};

// 待发 / 发送中 / 已提交 / 已送达 / 失败 / 收到(上行)
codes!(SmsState {
    Queued = "queued", Sending = "sending", Sent = "sent", Delivered = "delivered", Failed = "failed", Received = "received",
});

/// The journal of messages: nothing is sent that is not here first (L1: store and forward).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Sms {
    pub id: SmsId,
    pub tenant_id: TenantId,
    pub direction: super::Direction,
    pub phone: String,
    pub text: String,
    pub state: SmsState,
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub attempt_id: Option<AttemptId>,
    pub call_id: Option<CallId>,
    pub tries: u32,
    /// Not before this: scheduled, or waiting for the next try.
    pub next_at: At,
    /// The provider's id of the message.
    pub provider_ref: Option<String>,
    pub error: Option<String>,
    pub created_at: At,
    pub sent_at: Option<At>,
}

// 待发 / 发送中 / 已发出 / 失败
codes!(MailState { Queued = "queued", Sending = "sending", Sent = "sent", Failed = "failed" });

/// The journal of mail that goes out: as with SMS nothing is sent that is not here first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Mail {
    pub id: MailId,
    pub tenant_id: TenantId,
    pub to: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
    pub state: MailState,
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub tries: u32,
    /// Not before this: scheduled, or waiting for the next try.
    pub next_at: At,
    pub error: Option<String>,
    pub created_at: At,
    pub sent_at: Option<At>,
}

/// Where events go, by the Standard Webhooks rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Webhook {
    pub id: WebhookId,
    pub tenant_id: TenantId,
    pub name: String,
    pub url: String,
    /// `whsec_…`; shown once, at creation and on rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Event types wanted; empty: all.
    pub events: Vec<String>,
    /// Of the events about a campaign only these; empty: of all.
    #[serde(default)]
    pub campaign_ids: Vec<CampaignId>,
    /// Of the events that carry a result only these codes; empty: all.
    #[serde(default)]
    pub results: Vec<String>,
    pub enabled: bool,
    pub created_at: At,
}

// 待发 / 已送达 / 死信
codes!(DeliveryState { Pending = "pending", Delivered = "delivered", Dead = "dead" });

/// One event on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Delivery {
    pub id: DeliveryId,
    pub tenant_id: TenantId,
    pub webhook_id: WebhookId,
    pub event_seq: i64,
    pub event_type: String,
    pub state: DeliveryState,
    pub tries: u32,
    pub next_at: At,
    pub last_status: Option<u16>,
    pub last_error: Option<String>,
    pub created_at: At,
    pub delivered_at: Option<At>,
}
