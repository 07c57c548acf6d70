//! 语音: named prompts from uploads and typed text, and the cache of everything that was ever synthesised.

mod cache;
mod make;

pub use cache::SpeechCache;
pub use make::{speak, upload};
