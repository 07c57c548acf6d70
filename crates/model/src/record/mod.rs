//! Records as they are stored and shown: one struct a table, one file a noun.

mod access;
mod agent;
mod agent_work;
mod booking;
mod call;
mod campaign;
mod consent;
mod customer;
mod dial_rules;
mod extension;
mod flow;
mod hearing;
mod lead;
mod lead_list;
mod message;
mod org;
mod overview;
mod pacing;
mod pool;
mod queue;
mod rules;
mod sale;
mod trunk;
mod what_if;

pub use access::*;
pub use agent::*;
pub use agent_work::*;
pub use booking::*;
pub use call::*;
pub use campaign::*;
pub use consent::*;
pub use customer::*;
pub use dial_rules::*;
pub use extension::*;
pub use flow::*;
pub use hearing::*;
pub use lead::*;
pub use lead_list::*;
pub use message::*;
pub use org::*;
pub use overview::*;
pub use pacing::*;
pub use pool::*;
pub use queue::*;
pub use rules::*;
pub use sale::*;
pub use trunk::*;
pub use what_if::*;

/// Gives an enum without fields its snake_case code for SQL, and back.
macro_rules! codes {
    ($name:ident { $($variant:ident = $code:literal),* $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $(#[serde(rename = $code)] $variant),* }
        // By hand: utoipa's derive does not see a rename whose literal came through a macro.
        #[cfg(feature = "schema")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let string = utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String);
                string.enum_values(Some([$($code),*])).into()
            }
        }
        #[cfg(feature = "schema")]
        impl utoipa::ToSchema for $name {}
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            pub fn from_code(code: &str) -> Option<Self> { match code { $($code => Some(Self::$variant),)* _ => None } }
        }
    };
}
pub(crate) use codes;
