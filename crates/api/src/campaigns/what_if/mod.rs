//! 试算: a task's own days under other settings.

pub mod ask;
pub mod cancel;
pub mod read;
