//! Who may do what: tenants, users, sessions, keys, and the log of what they did.

use super::{Scope, codes};
use crate::{ApiKeyId, At, AuditId, OrgUnitId, SessionId, TenantId, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Tenant {
    pub id: TenantId,
    /// Short code typed at sign-in when the installation hosts several customers, `[a-z0-9-]{2,32}`.
    pub code: String,
    pub name: String,
    pub enabled: bool,
    pub created_at: At,
}

// 系统管理员 / 任务主管 / 班长 / 坐席 / 审批人 / 操作员 / 只读
codes!(Role {
    Admin = "admin", Manager = "manager", Supervisor = "supervisor", Agent = "agent", Approver = "approver",
    Operator = "operator", Viewer = "viewer",
});

// `module:entity:action`, the words of keys' scopes and of the roles' rights.
codes!(Permission {
    CampaignRead = "outbound:campaign:read",
    CampaignWrite = "outbound:campaign:write",
    CampaignApprove = "outbound:campaign:approve",
    CampaignControl = "outbound:campaign:control",
    LeadRead = "outbound:lead:read",
    LeadWrite = "outbound:lead:write",
    NumberReveal = "outbound:number:reveal",
    ResultExport = "outbound:result:export",
    DeskUse = "agent:desk:use",
    AgentRead = "agent:seat:read",
    AgentWrite = "agent:seat:write",
    AgentSupervise = "agent:call:supervise",
    AgentMonitor = "agent:call:monitor",
    CustomerRead = "customer:record:read",
    CustomerWrite = "customer:record:write",
    CustomerExport = "customer:record:export",
    ProductWrite = "sales:product:write",
    OrderRead = "sales:order:read",
    OrderWrite = "sales:order:write",
    OrderExport = "sales:order:export",
    CallRead = "recording:call:read",
    RecordingPlay = "recording:file:play",
    RecordingDownload = "recording:file:download",
    FlowRead = "flow:flow:read",
    FlowWrite = "flow:flow:write",
    FlowPublish = "flow:flow:publish",
    PromptWrite = "flow:prompt:write",
    TrunkRead = "line:trunk:read",
    TrunkWrite = "line:trunk:write",
    ListWrite = "outbound:list:write",
    MessageRead = "message:sms:read",
    MessageSend = "message:sms:send",
    WebhookWrite = "system:webhook:write",
    SettingsWrite = "system:settings:write",
    UserWrite = "system:user:write",
    KeyWrite = "system:key:write",
    AuditRead = "system:audit:read",
});

impl Role {
    pub fn permissions(self) -> Vec<Permission> {
        use Permission as P;
        let read = [P::CampaignRead, P::LeadRead, P::CallRead, P::FlowRead, P::TrunkRead, P::MessageRead, P::OrderRead];
        let operate = [P::CampaignWrite, P::CampaignControl, P::LeadWrite, P::RecordingPlay, P::PromptWrite, P::ListWrite];
        let manage = [
            P::NumberReveal,
            P::ResultExport,
            P::RecordingDownload,
            P::FlowWrite,
            P::FlowPublish,
            P::MessageSend,
            P::WebhookWrite,
        ];
        let desk = [P::DeskUse, P::CustomerRead, P::CustomerWrite, P::OrderRead, P::OrderWrite];
        let supervise = [P::AgentRead, P::AgentSupervise, P::AgentMonitor];
        match self {
            Self::Admin => Permission::ALL.to_vec(),
            Self::Manager => [
                &read[..],
                &operate,
                &manage,
                &desk,
                &supervise,
                &[P::AgentWrite, P::CustomerExport, P::ProductWrite, P::OrderExport],
            ]
            .concat(),
            Self::Supervisor => {
                [&read[..], &[P::RecordingPlay, P::ResultExport, P::NumberReveal, P::OrderExport], &desk, &supervise].concat()
            }
            Self::Agent => desk.to_vec(),
            Self::Approver => [&read[..], &[P::CampaignApprove, P::RecordingPlay, P::NumberReveal]].concat(),
            Self::Operator => [&read[..], &operate].concat(),
            Self::Viewer => read.to_vec(),
        }
    }
}

/// A person who signs in. The password hash never leaves the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct User {
    pub id: UserId,
    pub tenant_id: TenantId,
    /// 工号 or name typed at sign-in, unique in the tenant.
    pub login: String,
    pub name: String,
    pub role: Role,
    /// 部门, if any.
    #[serde(default)]
    pub unit_id: Option<OrgUnitId>,
    /// Whose work the user may watch and steer, where the role gives that right.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(required = true))]
    pub scope: Scope,
    pub enabled: bool,
    /// Set for accounts made by an administrator: the first sign-in must choose a new password.
    pub must_change_password: bool,
    pub last_login_at: Option<At>,
    pub created_at: At,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub tenant_id: TenantId,
    pub user_id: UserId,
    /// SHA-256 of the cookie's secret, hex.
    pub token_hash: String,
    pub csrf: String,
    pub created_at: At,
    pub seen_at: At,
    pub expires_at: At,
    pub remote_ip: String,
    pub user_agent: String,
}

/// A bearer key for machines; its secret is shown once, at creation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub tenant_id: TenantId,
    pub name: String,
    /// First characters of the secret, to tell keys apart.
    pub prefix: String,
    pub scopes: Vec<Permission>,
    pub enabled: bool,
    pub last_used_at: Option<At>,
    pub expires_at: Option<At>,
    pub created_by: UserId,
    pub created_at: At,
}

/// Who changed or exported what. Append only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: AuditId,
    pub tenant_id: TenantId,
    pub at: At,
    /// `user:<login>`, `key:<name>` or `system`.
    pub actor: String,
    pub remote_ip: String,
    /// `campaign.start`, `lead.export`…
    pub action: String,
    /// `campaign:123`
    pub target: String,
    /// What changed, without secrets.
    pub detail: serde_json::Value,
}
