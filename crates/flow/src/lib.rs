//! 流程: what a call says and asks, as a JSON document and a pure interpreter.
//!
//! PURE: time comes in with every input; sound, HTTP, SMS and transfers go out as [`Out`] and come back as [`In`].
//! A new node: `node/<x>.rs` and one line in the enum (docs/adding-a-flow-node.md).

pub mod io;

pub use io::{HttpRequest, In, Out, SpeechPart, TransferOutcome};

/// A validated flow document, as published. (Fields come with the interpreter.)
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {}
