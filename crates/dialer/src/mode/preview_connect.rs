//! Preview-connect mode: as preview, with the agent on the line before the lead is dialled, so that not even a second passes
//! between the answer and the first word. What differs is the floor's: it rings the agent as soon as the lead is shown.

pub use super::preview::{leads_wanted, shows};
