//! 流程: what a call says and asks, as a JSON document and a pure interpreter.
//!
//! PURE: time comes in with every input; sound, HTTP, SMS and transfers go out as [`Out`] and come back as [`In`].
//! May use `model`, serde, jiff (civil time) and minijinja (templates, locked down in `script/`).
//!
//! A [`Flow`] is a document read and checked as a whole ([`Flow::parse`] names every mistake at once); a [`Run`] is one call
//! walking through it. A new node: `node/<x>.rs` and one line in `node/mod.rs` (docs/adding-a-flow-node.md).
//! A new way of reading a value aloud: a file in `reading/` and a variant of [`reading::As`].

mod doc;
mod error;
mod fields;
mod hearing;
pub mod io;
mod node;
mod part;
mod phrase;
pub mod reading;
mod run;
mod schema;
mod script;
mod template;

pub use doc::{Flow, SCHEMA_ID};
pub use error::{FlowError, Problem};
pub use io::{
    AppointAsk, AppointOutcome, AppointTime, ConferenceAsk, ConferenceOutcome, HearAsk, Heard, HttpRequest, In, Out, QueueAsk,
    QueueOutcome, SpeechPart, TransferOutcome,
};
pub use run::{Run, Scope};
pub use schema::schema;
pub use template::{Template, TemplateVariable, templates};

/// The language in which values are read aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Zh,
    En,
}
