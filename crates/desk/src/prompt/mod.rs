//! 语音: named prompts from uploads and typed text, and the cache of everything that was ever synthesised.

mod cache;
mod make;
mod recognise;

pub use cache::SpeechCache;
pub use make::{speak, upload};
pub use recognise::{Heard, recognise};
