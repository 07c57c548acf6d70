//! The outline of a recording for the player: least and greatest sample per stretch of time and channel.

use serde::{Deserialize, Serialize};

/// Points are pairs (min, max) at 8 bits, channel by channel within a stretch: `[l_min, l_max, r_min, r_max, …]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peaks {
    pub channels: u8,
    pub ms_per_point: u16,
    pub points: Vec<i8>,
}

impl Peaks {
    /// As stored beside a recording: four octets of header, then the points.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut b = vec![1, self.channels];
        b.extend(self.ms_per_point.to_be_bytes());
        b.extend(self.points.iter().map(|p| *p as u8));
        b
    }

    /// The inverse of [`Self::to_bytes`]; `None` when the bytes are something else.
    pub fn from_bytes(b: &[u8]) -> Option<Self> {
        let [1, channels @ 1..=2, high, low, points @ ..] = b else { return None };
        if points.len() % (2 * usize::from(*channels)) != 0 {
            return None;
        }
        Some(Self {
            channels: *channels,
            ms_per_point: u16::from_be_bytes([*high, *low]),
            points: points.iter().map(|p| *p as i8).collect(),
        })
    }
}

/// Makes peaks from interleaved samples as they come.
#[derive(Clone, Debug)]
pub struct PeakMeter {
    peaks: Peaks,
    samples_per_point: u32,
    seen: u32,
    now: [(i16, i16); 2],
    channel: usize,
}

impl PeakMeter {
    /// `channels` 1 or 2, `rate` in Hz.
    pub fn new(channels: u8, rate: u32, ms_per_point: u16) -> Self {
        let channels = channels.clamp(1, 2);
        let ms_per_point = ms_per_point.max(1);
        Self {
            peaks: Peaks { channels, ms_per_point, points: Vec::new() },
            samples_per_point: (rate * u32::from(ms_per_point) / 1_000).max(1),
            seen: 0,
            now: [(i16::MAX, i16::MIN); 2],
            channel: 0,
        }
    }

    pub fn push(&mut self, sample: i16) {
        let (min, max) = &mut self.now[self.channel];
        *min = sample.min(*min);
        *max = sample.max(*max);
        self.channel += 1;
        if self.channel == usize::from(self.peaks.channels) {
            self.channel = 0;
            self.seen += 1;
            if self.seen == self.samples_per_point {
                self.close_point();
            }
        }
    }

    fn close_point(&mut self) {
        for (min, max) in &self.now[..usize::from(self.peaks.channels)] {
            self.peaks.points.extend([(*min >> 8) as i8, (*max >> 8) as i8]);
        }
        self.now = [(i16::MAX, i16::MIN); 2];
        self.seen = 0;
    }

    /// Closes the last, shorter point.
    pub fn finish(mut self) -> Peaks {
        if self.seen > 0 {
            self.close_point();
        }
        self.peaks
    }
}

/// Peaks of a whole recording of ours, or else of any WAV file.
///
/// # Errors
/// What is wrong with the file.
pub fn of_recording(extension: &str, bytes: &[u8], ms_per_point: u16) -> Result<Peaks, crate::wav::WavError> {
    let Some(format) = crate::record::Format::of_file(extension, bytes) else { return of_wav(bytes, ms_per_point) };
    let layout = format.layout();
    let mut meter = PeakMeter::new(layout.channels as u8, crate::RATE, ms_per_point);
    let (mut decoder, mut samples) = (format.decoder(), Vec::new());
    let whole = layout.sound_octets(bytes.len() as u64) as usize;
    let sound = bytes.get(layout.header_len()..layout.header_len() + whole).unwrap_or(&[]);
    for piece in sound.chunks(layout.block_octets as usize * 64) {
        samples.clear();
        decoder.decode(piece, &mut samples);
        samples.iter().for_each(|s| meter.push(*s));
    }
    Ok(meter.finish())
}

/// Peaks of a whole WAV file of any kind the prompt import reads; more than two channels are not shown.
///
/// # Errors
/// What is wrong with the file.
pub fn of_wav(bytes: &[u8], ms_per_point: u16) -> Result<Peaks, crate::wav::WavError> {
    let wav = crate::wav::Wav::parse(bytes)?;
    let shown = wav.format.channels.min(2);
    let mut meter = PeakMeter::new(shown as u8, wav.format.rate, ms_per_point);
    wav.for_each_frame(|frame| {
        for s in &frame[..usize::from(shown)] {
            meter.push((s * 32_767.0) as i16);
        }
    });
    Ok(meter.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_channels_keep_their_own_extremes() {
        let mut m = PeakMeter::new(2, 1_000, 10);
        for i in 0..25 {
            m.push(if i == 3 { 32_000 } else { 0 });
            m.push(-256 * i);
        }
        let p = m.finish();
        assert_eq!(p.points, [0, 125, -9, 0, 0, 0, -19, -10, 0, 0, -24, -20]);
    }

    proptest! {
        #[test]
        fn bytes_round_trip_and_rubbish_is_refused(points in proptest::collection::vec(any::<(i8, i8)>(), 0..50), rubbish in proptest::collection::vec(any::<u8>(), 0..20)) {
            let p = Peaks { channels: 1, ms_per_point: 100, points: points.into_iter().flat_map(|(a, b)| [a, b]).collect() };
            prop_assert_eq!(Peaks::from_bytes(&p.to_bytes()), Some(p));
            let _ = Peaks::from_bytes(&rubbish);
        }
    }
}
