//! Records to rows and back. A field is a [`Cell`]; a record is a [`Row`] by one `row!` line in `table.rs`, whose columns
//! bear the fields' names. Adding a field without its column does not compile.

use crate::{Result, StoreError};
use sea_orm::{QueryResult, TryGetable, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A value on its way into a statement.
pub(crate) struct Bound {
    pub value: Value,
    pub json: bool,
}

pub(crate) trait Cell: Sized {
    type Raw: TryGetable;
    const JSON: bool = false;
    const NULL: Value;
    fn value(&self) -> Value;
    fn from_raw(raw: Self::Raw) -> Result<Self>;

    fn bound(&self) -> Bound {
        Bound { value: self.value(), json: Self::JSON }
    }

    fn get(row: &QueryResult, index: usize) -> Result<Self> {
        Self::from_raw(row.try_get_by_index(index)?)
    }
}

impl<T: Cell> Cell for Option<T>
where
    Option<T::Raw>: TryGetable,
{
    type Raw = Option<T::Raw>;
    const JSON: bool = T::JSON;
    const NULL: Value = T::NULL;
    fn value(&self) -> Value {
        self.as_ref().map_or(T::NULL, T::value)
    }
    fn from_raw(raw: Self::Raw) -> Result<Self> {
        raw.map(T::from_raw).transpose()
    }
}

macro_rules! plain_cells {
    ($($ty:ty: $variant:ident),* $(,)?) => {$(
        impl Cell for $ty {
            type Raw = $ty;
            const NULL: Value = Value::$variant(None);
            fn value(&self) -> Value { Value::$variant(Some(self.clone())) }
            fn from_raw(raw: $ty) -> Result<Self> { Ok(raw) }
        }
    )*};
}
plain_cells!(i64: BigInt, String: String, bool: Bool, f64: Double, Vec<u8>: Bytes);

/// Narrower integers are stored as BIGINT; one that does not fit any more is a corrupt row, not a panic.
macro_rules! int_cells {
    ($($ty:ty),* $(,)?) => {$(
        impl Cell for $ty {
            type Raw = i64;
            const NULL: Value = Value::BigInt(None);
            fn value(&self) -> Value { Value::BigInt(i64::try_from(*self).ok()) }
            fn from_raw(raw: i64) -> Result<Self> {
                <$ty>::try_from(raw).map_err(|_| StoreError::Corrupt { column: stringify!($ty), text: raw.to_string() })
            }
        }
    )*};
}
int_cells!(u8, u16, u32, u64, i32);

macro_rules! id_cells {
    ($($ty:ident),* $(,)?) => {$(
        impl Cell for model::$ty {
            type Raw = i64;
            const NULL: Value = Value::BigInt(None);
            fn value(&self) -> Value { Value::BigInt(Some(self.0)) }
            fn from_raw(raw: i64) -> Result<Self> { Ok(Self(raw)) }
        }
    )*};
}
id_cells!(
    At,
    TenantId,
    UserId,
    SessionId,
    ApiKeyId,
    AuditId,
    CampaignId,
    LeadListId,
    PoolMoveId,
    LeadId,
    AttemptId,
    ImportId,
    ListEntryId,
    CallId,
    LegId,
    TrunkId,
    RouteId,
    NumberId,
    ExtensionId,
    FlowId,
    PromptId,
    RecordingId,
    SmsId,
    MailId,
    WebhookId,
    DeliveryId,
    FingerprintId,
    AgentId,
    OrgUnitId,
    AgentSessionId,
    SkillId,
    QueueId,
    QueueEntryId,
    CustomerId,
    CustomerNumberId,
    SummaryId,
    WorkId,
    AppointmentId,
    BookingId,
    ProductId,
    OrderId,
    AnswerId,
    ConsentId,
);

macro_rules! code_cells {
    ($($ty:ty),* $(,)?) => {$(
        impl Cell for $ty {
            type Raw = String;
            const NULL: Value = Value::String(None);
            fn value(&self) -> Value { Value::String(Some(self.code().to_string())) }
            fn from_raw(raw: String) -> Result<Self> {
                <$ty>::from_code(&raw).ok_or(StoreError::Corrupt { column: stringify!($ty), text: raw })
            }
        }
    )*};
}
use model::record as r;
code_cells!(
    r::Confirmation,
    r::ConsentAction,
    r::ConsentSource,
    model::Disposition,
    model::Carrier,
    r::Role,
    r::Scope,
    r::CampaignStatus,
    r::DialMode,
    r::Purpose,
    r::LeadState,
    r::LeadHold,
    r::ListOrigin,
    r::PoolMoveKind,
    r::AttemptState,
    r::ListKind,
    r::ImportState,
    r::Direction,
    r::Transport,
    r::Srtp,
    r::DialFormat,
    r::PromptSource,
    r::RecordingKind,
    r::Speaker,
    r::RecordingFormat,
    r::SmsState,
    r::MailState,
    r::DeliveryState,
    r::HeardClass,
    r::AgentState,
    r::Channel,
    r::EntryOutcome,
    r::Refusal,
    r::AppointmentState,
    r::BookingState,
    r::BookingOrigin,
    r::Medium,
    r::OrderState,
    r::AnswerSource,
);

macro_rules! json_cells {
    ($($ty:ty),* $(,)?) => {$(
        impl Cell for $ty {
            type Raw = serde_json::Value;
            const JSON: bool = true;
            const NULL: Value = Value::String(None);
            fn value(&self) -> Value { Value::String(serde_json::to_string(self).ok()) }
            fn from_raw(raw: serde_json::Value) -> Result<Self> {
                serde_json::from_value(raw).map_err(|e| StoreError::Corrupt { column: stringify!($ty), text: e.to_string() })
            }
        }
    )*};
}
json_cells!(
    serde_json::Value,
    model::Vars,
    model::calendar::Schedule,
    r::RetryPolicy,
    r::NumberFlag,
    r::ListFilter,
    r::TrunkRules,
    Vec<r::FieldDef>,
    Vec<r::ResultDef>,
    Vec<String>,
    Vec<model::TrunkId>,
    Vec<model::CampaignId>,
    Vec<r::OrderLine>,
    Vec<r::Permission>,
    Vec<r::Codec>,
    Vec<r::TrailStep>,
    Vec<r::Heard>,
    Vec<r::AgentTalk>,
    Vec<r::Rung>,
    BTreeSet<r::CallerClass>,
    BTreeMap<model::SkillId, u8>,
    r::AgentWork,
    r::BookingPlan,
    r::Amd,
    r::DialRules,
    r::Pacing,
    model::telephony::Cause,
    model::telephony::MediaStats,
);

/// A record as a row of its table. The first column is the key that pages go by.
pub(crate) trait Row: Sized {
    const TABLE: &'static str;
    const COLUMNS: &'static [&'static str];
    fn bounds(&self) -> Vec<Bound>;
    /// Reads the columns in order, beginning at `at`.
    fn read_at(row: &QueryResult, at: usize) -> Result<Self>;
    fn key(&self) -> i64;

    fn read(row: &QueryResult) -> Result<Self> {
        Self::read_at(row, 0)
    }
}

macro_rules! row {
    ($name:ty, $table:literal, [$first:ident $(, $field:ident)* $(,)?] $(, { $($other:ident: $value:expr),* $(,)? })?) => {
        impl $crate::row::Row for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[stringify!($first) $(, stringify!($field))*];
            fn bounds(&self) -> Vec<$crate::row::Bound> {
                use $crate::row::Cell as _;
                vec![self.$first.bound() $(, self.$field.bound())*]
            }
            fn read_at(row: &sea_orm::QueryResult, mut at: usize) -> $crate::Result<Self> {
                let mut next = || { at += 1; at - 1 };
                Ok(Self {
                    $first: $crate::row::Cell::get(row, next())?,
                    $($field: $crate::row::Cell::get(row, next())?,)*
                    $($($other: $value,)*)?
                })
            }
            fn key(&self) -> i64 { i64::from(self.$first) }
        }
    };
}
pub(crate) use row;

/// Values for a statement, of any mix of cells.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$($crate::row::Cell::value(&$value)),*] };
}
pub(crate) use cells;
