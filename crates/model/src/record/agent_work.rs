//! 话术与表单: what an agent of a task says, asks and notes, and what follows from what they choose.

use super::{LeadState, codes};
use crate::{AgentId, AppointmentId, At, CallId, CampaignId, CustomerId, FlowId, LeadId, TenantId, Vars, WorkId};
use serde::{Deserialize, Serialize};

/// What agents of a campaign work with. Keys of questions and fields share one namespace: each names one column of the answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AgentWork {
    /// 话术: at most 50 pages; the talk begins on the first one.
    pub script: Vec<ScriptPage>,
    /// 表单: at most 50 fields.
    pub form: Vec<FormField>,
    /// 处理结果: at most 30, in the order in which they are offered. None: the tenant's own are offered.
    pub outcomes: Vec<OutcomeDef>,
}

/// One page of a script.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ScriptPage {
    /// Unique in the script: `[a-z0-9_]`, at most 40.
    pub id: String,
    /// At most 60 characters.
    pub title: String,
    /// What is said, with `{{ lead.x }}`, `{{ campaign.x }}` and `{{ agent.name }}`; at most 4,000 characters.
    pub text: String,
    /// At most 30.
    pub questions: Vec<Question>,
    /// Where the talk goes on: at most 12. None: it ends here.
    pub choices: Vec<Branch>,
}

/// 分支: what the customer says, and the page it leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Branch {
    pub label: String,
    /// Id of a page.
    pub to: String,
}

// 单选 / 多选 / 文字 / 数字 / 日期 / 打分
codes!(QuestionKind {
    Single = "single", Multiple = "multiple", Text = "text", Number = "number", Date = "date", Score = "score",
});

/// A question of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Question {
    pub key: String,
    pub label: String,
    pub kind: QuestionKind,
    /// Of single and multiple: 2–50.
    #[serde(default)]
    pub options: Vec<String>,
    /// Must be answered where the talk came by this page.
    #[serde(default)]
    pub required: bool,
    /// Of numbers; of a score the lowest (1) and the highest (5, at most 10).
    #[serde(default)]
    pub min: Option<f64>,
    #[serde(default)]
    pub max: Option<f64>,
}

// 文字 / 数字 / 金额 / 日期 / 日期时间 / 单选 / 多选 / 电话号码
codes!(FormFieldKind {
    Text = "text", Number = "number", Money = "money", Date = "date", DateTime = "datetime", Choice = "choice",
    Multi = "multi", Phone = "phone",
});

/// A field of the task's form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FormField {
    pub key: String,
    pub label: String,
    pub kind: FormFieldKind,
    #[serde(default)]
    pub required: bool,
    /// Of numbers and money.
    #[serde(default)]
    pub min: Option<f64>,
    #[serde(default)]
    pub max: Option<f64>,
    /// Of text: 1–2,000 characters; none: 500.
    #[serde(default)]
    pub length_max: Option<u32>,
    /// Of text: what it looks like, `9` a digit, `A` a letter, `*` anything, e.g. `999999` for a post code.
    #[serde(default)]
    pub pattern: String,
    /// Of choice and multi: 2–50.
    #[serde(default)]
    pub options: Vec<String>,
    /// Shown below the field.
    #[serde(default)]
    pub help: String,
}

/// 处理结果: one thing that a call of an agent may come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OutcomeDef {
    /// `[a-z0-9_]`, at most 40.
    pub code: String,
    pub label: String,
    /// The campaign's result it counts as; none: the lead gets no result.
    #[serde(default)]
    pub result: Option<String>,
    pub then: Follow,
    /// The form must be filled in before.
    #[serde(default)]
    pub needs_form: bool,
    /// The required questions of the pages one came by must be answered before.
    #[serde(default)]
    pub needs_answers: bool,
    #[serde(default)]
    pub needs_note: bool,
}

/// What follows for the lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Follow {
    /// 办结: not called again.
    Settle,
    /// 稍后再呼, 1–43 200 minutes.
    Retry { minutes: u32 },
    /// 预约回呼: the agent says when, and whether it is theirs or anyone's.
    Callback,
    /// 拒绝再呼: the agent says whether from this task or from all.
    Refuse,
    /// 二次确认: the customer confirms in a flow, which stores a result then, before it may be saved; not called again.
    Confirm { flow: FlowId },
    /// 号码有误: this number is not called again.
    WrongNumber,
}

// Not called any more: by this task, or by none (免呼名单).
codes!(Refusal { Task = "task", All = "all" });

/// What an agent wrote about one call of a campaign: a draft while they talk, final with the outcome. One a call and agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CallWork {
    pub id: WorkId,
    pub tenant_id: TenantId,
    pub campaign_id: CampaignId,
    pub lead_id: LeadId,
    pub call_id: CallId,
    pub agent_id: AgentId,
    /// Pages the talk came by, in their order.
    pub path: Vec<String>,
    /// By the question's key.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub answers: Vars,
    /// By the field's key.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub form: Vars,
    /// Empty: a draft.
    pub outcome: String,
    pub outcome_label: String,
    /// 二次确认: the customer pressed the key that confirms.
    pub confirmed: bool,
    pub callback_at: Option<At>,
    pub callback_mine: bool,
    pub refusal: Option<Refusal>,
    /// What becomes of the lead; none while it is a draft, or when nothing does.
    pub result: Option<String>,
    pub lead_state: Option<LeadState>,
    pub lead_note: Option<String>,
    pub next_at: Option<At>,
    pub final_at: Option<At>,
    pub updated_at: At,
}

codes!(AppointmentState { Due = "due", Done = "done", Cancelled = "cancelled" });

/// 预约: somebody is to be called at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Appointment {
    pub id: AppointmentId,
    pub tenant_id: TenantId,
    /// Of a campaign's lead.
    pub campaign_id: Option<CampaignId>,
    pub lead_id: Option<LeadId>,
    pub customer_id: Option<CustomerId>,
    /// The call in which it was made.
    pub call_id: CallId,
    /// Who made it.
    pub agent_id: AgentId,
    /// Theirs; otherwise whoever is free.
    pub mine: bool,
    /// E.164
    pub phone: String,
    pub name: String,
    pub note: String,
    pub due_at: At,
    pub state: AppointmentState,
    /// When it was dialled from the list last.
    pub dialled_at: Option<At>,
    pub done_at: Option<At>,
    pub created_at: At,
}
