//! Opus through libopus, decoded and encoded at 8 kHz: what a telephone line carries costs a third of the full band.

use super::{CodecError, SAMPLES_MAX};
use crate::{FRAME, RATE};
use ::opus::{Application, Bandwidth, Bitrate, Channels, Signal};

/// Bits per second; narrow-band speech is transparent from 16 000 on, the rest carries the copies against loss.
const BITRATE: i32 = 24_000;
/// Of ten. From 3 on the pitch analysis costs more than a telephone line can show.
const COMPLEXITY: i32 = 2;
/// Loss in percent that the copies of earlier frames are laid out for.
const LOSS_EXPECTED: i32 = 5;
/// The unit in which Opus counts lost time: 2.5 ms.
const STEP: usize = RATE as usize / 400;

/// `None` inside: the library had no memory for it.
pub struct Decoder(Option<::opus::Decoder>);

impl Decoder {
    pub fn new() -> Self {
        Self(::opus::Decoder::new(RATE, Channels::Mono).ok())
    }

    pub fn decode(&mut self, payload: &[u8], out: &mut [i16; SAMPLES_MAX]) -> Result<usize, CodecError> {
        let inner = self.0.as_mut().ok_or(CodecError::NoMemory)?;
        inner.decode(payload, out, false).map_err(|_| CodecError::Damaged)
    }

    /// Lost time, from what the packet after it says about it or else by continuing what was heard.
    pub fn recover(&mut self, next: Option<&[u8]>, out: &mut [i16]) {
        let whole = out.len() / STEP * STEP;
        let (lost, rest) = out.split_at_mut(whole);
        rest.fill(0);
        let Some(inner) = self.0.as_mut().filter(|_| whole > 0) else { return lost.fill(0) };
        let restored = next.filter(|n| !n.is_empty()).and_then(|n| inner.decode(n, lost, true).ok());
        let n = restored.or_else(|| inner.decode(&[], lost, false).ok()).unwrap_or(0);
        lost[n.min(whole)..].fill(0);
    }
}

/// `None` inside: the library had no memory for it.
pub struct Encoder(Option<::opus::Encoder>);

impl Encoder {
    pub fn new() -> Self {
        Self(configured().ok())
    }

    pub fn encode(&mut self, pcm: &[i16; FRAME], out: &mut [u8]) -> usize {
        self.0.as_mut().and_then(|e| e.encode(pcm, out).ok()).unwrap_or(0)
    }
}

fn configured() -> ::opus::Result<::opus::Encoder> {
    let mut e = ::opus::Encoder::new(RATE, Channels::Mono, Application::Voip)?;
    e.set_max_bandwidth(Bandwidth::Narrowband)?;
    e.set_signal(Signal::Voice)?;
    e.set_bitrate(Bitrate::Bits(BITRATE))?;
    e.set_complexity(COMPLEXITY)?;
    e.set_inband_fec(true)?;
    e.set_packet_loss_perc(LOSS_EXPECTED)?;
    Ok(e)
}
