//! Sound as numbers: codecs, RTP packets, telephone-events, jitter buffer, mixing, tones, activity, recording formats,
//! prompts, the datagrams of fax over IP (UDPTL), and ears for what the line says. Everything on the packet path works in
//! place on fixed buffers.
//!
//! PURE: no clock, no sockets, no files, no threads, no randomness; bytes and sample counts go in and out. Uses no other
//! room; may use symphonia (MP3), rubato (resampling), microfft (spectra of the ears) and the codecs'
//! libraries, which only compute.
//!
//! All sound is 8 kHz mono unless a name says otherwise; one frame is 20 ms, [`FRAME`] samples.
//! To add a recording format: docs/adding-a-recording-format.md and one file in `record/`.

pub mod activity;
pub mod codec;
pub mod comfort;
pub mod dtmf;
pub mod dtmf_tones;
pub mod ears;
pub mod g711;
pub mod goertzel;
pub mod jitter;
pub mod mix;
pub mod mos;
pub mod peaks;
pub mod prompt;
pub mod rate;
pub mod record;
mod resample;
pub mod rtcp;
pub mod rtp;
pub mod tone;
pub mod udptl;
pub mod utterance;
pub mod wav;

/// Samples per second of everything on the line.
pub const RATE: u32 = 8_000;
/// Samples in one frame of 20 ms.
pub const FRAME: usize = 160;
/// Milliseconds in one frame.
pub const FRAME_MS: u32 = 20;
