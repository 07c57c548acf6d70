//! 预约外呼: who is to be reached at a time, over which medium, and what a task of such appointments offers.

use super::codes;
use crate::{AgentId, At, BookingId, CallId, CampaignId, LeadId, MailId, SmsId, TenantId, Vars};
use serde::{Deserialize, Serialize};

// 等待 / 联系中(拨打或等待重呼) / 已完成 / 已错过(太晚) / 未联系上 / 已取消 / 规则不允许
codes!(BookingState {
    Waiting = "waiting", Reaching = "reaching", Done = "done", Missed = "missed", Failed = "failed", Cancelled = "cancelled",
    Refused = "refused",
});

// Who made it: 坐席 / 网上预约 / 来电按键 / 接口 / 导入
codes!(BookingOrigin { Agent = "agent", Web = "web", Key = "key", Api = "api", Import = "import" });

// Over what: 电话 / 短信 / 邮件
codes!(Medium { Phone = "phone", Sms = "sms", Mail = "mail" });

impl BookingState {
    /// Nothing more comes of it.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Reaching)
    }
}

/// An appointment of a task in appointment mode. A lead may have several; each is reached once, in as many tries as the task makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Booking {
    pub id: BookingId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    /// None: by mail alone, and nobody's number is known.
    pub lead_id: Option<LeadId>,
    /// The id that the system it came from knows it by, unique in the campaign; given back in webhooks.
    pub source_id: Option<String>,
    pub origin: BookingOrigin,
    pub medium: Medium,
    /// E.164; empty: none is known.
    pub phone: String,
    /// Empty: none is known.
    pub mail: String,
    pub name: String,
    /// Of this appointment alone: seen by flows and texts as `lead.<key>`, before the lead's own.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub variables: Vars,
    pub due_at: At,
    /// Not made after this: it is `missed` then.
    pub late_at: At,
    /// When it is looked at next: the time itself, the next try, or when the hours begin again.
    pub next_at: At,
    pub state: BookingState,
    /// Why it was refused, failed or missed: a rule of the guard, a disposition, `late`.
    pub why: Option<String>,
    /// What the task's flow or agent made of it.
    pub result: Option<String>,
    /// Calls begun for it.
    pub tries: u32,
    pub begun_at: Option<At>,
    /// The last call made for it, or the message that was sent.
    pub call_id: Option<CallId>,
    pub sms_id: Option<SmsId>,
    pub mail_id: Option<MailId>,
    /// The call in which it was made, and the agent who made it.
    pub made_in: Option<CallId>,
    pub agent_id: Option<AgentId>,
    pub note: String,
    /// `user:<login>`, `key:<name>`, `web`, `caller`.
    pub created_by: String,
    pub created_at: At,
    pub done_at: Option<At>,
}

/// What a task in appointment mode offers, sends and keeps to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct BookingPlan {
    /// At least one.
    pub media: Vec<Medium>,
    /// At most 1,000 characters, with `{{ lead.x }}`, `{{ campaign.x }}` and `{{ appointment.time }}`.
    pub sms_text: String,
    /// At most 200 characters, with values like the text's.
    pub mail_subject: String,
    /// At most 20,000 characters.
    pub mail_text: String,
    /// Length of a slot that the web form and the flow offer, 5–240 minutes.
    pub slot_min: u32,
    /// Appointments in one slot, 1–10,000; callers and the web form are offered no more.
    pub slot_capacity: u32,
    /// So many minutes after its time an appointment is `missed` and not made late, 1–10,080.
    pub late_max_min: u32,
    pub form: BookingForm,
}

/// 网上预约: the page that customers open without signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct BookingForm {
    pub enabled: bool,
    /// 1–80 characters while it is on.
    pub title: String,
    /// At most 2,000 characters.
    pub text: String,
    /// The name must be given.
    pub name_required: bool,
    /// Of the task's own fields, in this order; at most 10.
    pub fields: Vec<AskedField>,
    /// What the customer agrees to by ticking; 1–500 characters while the form is on.
    pub consent_text: String,
    /// Slots of so many days are offered, 1–90.
    pub days_ahead: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AskedField {
    /// Of one of the task's fields.
    pub key: String,
    #[serde(default)]
    pub required: bool,
}

impl Default for BookingPlan {
    fn default() -> Self {
        Self {
            media: vec![Medium::Phone],
            sms_text: String::new(),
            mail_subject: String::new(),
            mail_text: String::new(),
            slot_min: 30,
            slot_capacity: 10,
            late_max_min: 120,
            form: BookingForm::default(),
        }
    }
}

impl Default for BookingForm {
    fn default() -> Self {
        Self {
            enabled: false,
            title: String::new(),
            text: String::new(),
            name_required: true,
            fields: Vec::new(),
            consent_text: "我同意在预约的时间接受回访联系".into(),
            days_ahead: 14,
        }
    }
}

impl BookingPlan {
    pub fn offers(&self, medium: Medium) -> bool {
        self.media.contains(&medium)
    }

    /// When an appointment for `due` is too late.
    pub const fn late_after(&self, due: At) -> At {
        due.plus_ms(self.late_max_min as i64 * 60_000)
    }
}

/// The link to a task's page of appointments: who has it may book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BookingLink {
    pub campaign_id: CampaignId,
    #[serde(skip)]
    pub tenant_id: TenantId,
    /// The page is `/booking/<token>`.
    pub token: String,
    pub made_by: String,
    pub made_at: At,
}

/// One stretch of time that may be booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Slot {
    pub from: At,
    pub until: At,
    /// Places left.
    pub free: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_its_default() {
        let plan: BookingPlan = serde_json::from_str("{\"media\":[\"sms\"],\"form\":{\"enabled\":true}}").unwrap();
        assert!(plan.offers(Medium::Sms) && !plan.offers(Medium::Phone));
        assert_eq!((plan.slot_min, plan.late_max_min, plan.form.days_ahead), (30, 120, 14));
        assert_eq!(plan.late_after(At(0)), At(7_200_000));
    }

    #[test]
    fn two_states_are_open() {
        let open: Vec<_> = BookingState::ALL.iter().filter(|s| !s.is_over()).collect();
        assert_eq!(open, [&BookingState::Waiting, &BookingState::Reaching]);
    }
}
