//! Hears what the line says: call-progress tones, announcements, fax, beeps, dead air, person or machine.
//!
//! A [`Listener`] takes one frame of 20 ms after the other, first in early media, after [`Listener::answered`] as an answered
//! call, and gives a [`Verdict`] with its evidence whenever it has come to one. The cascade is tones, then fingerprints of known
//! announcements, then the rhythm of speech. Words of announcements are the floor's (`dialer::announcement`).

mod beep;
mod class;
mod fax;
mod library;
mod listener;
mod piece;
mod print;
mod spectrum;
#[cfg(test)]
mod tests;
mod timing;
mod tones;
mod voice;

pub use class::{Class, Means, Verdict};
pub use library::{ENTRIES_MAX, Entry, Found, Library};
pub use listener::{Listener, ListenerConfig};
pub use print::{PRINT_FRAMES_MAX, Print, PrintError};
pub use timing::TimingConfig;
pub use tones::{Cadence, Step};
