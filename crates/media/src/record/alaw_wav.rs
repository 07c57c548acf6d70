//! WAV with G.711 A-law in two channels: 16 kB a second, no quality lost on A-law trunks, played by every tool.

use super::{RecordingFormat, StereoFrame};
use crate::RATE;

/// Stereo A-law WAV.
#[derive(Clone, Copy, Debug)]
pub struct AlawWav;

const HEADER_LEN: usize = 58;
/// Octets of one moment, both channels.
const BLOCK: u64 = 2;
/// Most sound a RIFF file can hold: 74 hours.
const SOUND_MAX: u64 = u32::MAX as u64 - HEADER_LEN as u64 - 1;

impl RecordingFormat for AlawWav {
    const EXTENSION: &'static str = "wav";
    const FRAME_OCTETS: usize = 2 * crate::FRAME;
    const HEADER_LEN: usize = HEADER_LEN;

    fn encode(frame: StereoFrame<'_>, out: &mut [u8]) {
        for ((o, l), r) in out.chunks_exact_mut(2).zip(frame.left).zip(frame.right) {
            o[0] = *l;
            o[1] = *r;
        }
    }

    fn header(sound_octets: u64) -> Vec<u8> {
        let sound = sound_octets.min(SOUND_MAX) / BLOCK * BLOCK;
        let mut h = Vec::with_capacity(HEADER_LEN);
        h.extend(b"RIFF");
        h.extend((sound as u32 + HEADER_LEN as u32 - 8).to_le_bytes());
        h.extend(b"WAVEfmt ");
        h.extend(18_u32.to_le_bytes());
        h.extend([6, 0, 2, 0]);
        h.extend(RATE.to_le_bytes());
        h.extend((RATE * 2).to_le_bytes());
        h.extend([2, 0, 8, 0, 0, 0]);
        // Formats other than PCM say how many samples each channel has.
        h.extend(b"fact");
        h.extend(4_u32.to_le_bytes());
        h.extend(((sound / BLOCK) as u32).to_le_bytes());
        h.extend(b"data");
        h.extend((sound as u32).to_le_bytes());
        h
    }

    fn repair(head: &[u8], file_octets: u64) -> Option<Vec<u8>> {
        let head = head.get(..HEADER_LEN)?;
        let same_kind =
            |template: &[u8]| head[..4] == template[..4] && head[8..46] == template[8..46] && head[50..54] == template[50..54];
        let right = Self::header(file_octets.checked_sub(HEADER_LEN as u64)?);
        (same_kind(&right) && head != right).then_some(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        FRAME,
        g711::Law,
        wav::{Encoding, Wav},
    };
    use proptest::prelude::*;

    #[test]
    fn a_file_reads_back_channel_by_channel() {
        let mut file = AlawWav::header(2 * FRAME as u64);
        assert_eq!(file.len(), AlawWav::HEADER_LEN);
        let mut body = [0; AlawWav::FRAME_OCTETS];
        AlawWav::encode(StereoFrame { left: &[0x10; FRAME], right: &[0x20; FRAME] }, &mut body);
        file.extend(body);
        let wav = Wav::parse(&file).unwrap();
        assert_eq!((wav.format.encoding, wav.format.channels, wav.frames()), (Encoding::G711(Law::A), 2, FRAME));
        wav.for_each_frame(|f| {
            assert_eq!(f, [f32::from(Law::A.decode(0x10)) / 32_768.0, f32::from(Law::A.decode(0x20)) / 32_768.0]);
        });
    }

    #[test]
    fn a_file_just_opened_plays_what_is_there() {
        let mut file = AlawWav::opening();
        file.extend([0xD5; 1_001]);
        assert_eq!(Wav::parse(&file).unwrap().frames(), 500);
    }

    #[test]
    fn repair_gives_the_header_the_file_should_have() {
        let right = AlawWav::header(1_000);
        assert_eq!(AlawWav::repair(&AlawWav::opening(), 1_058), Some(right.clone()));
        assert_eq!(AlawWav::repair(&AlawWav::header(400), 1_059), Some(right.clone()), "half a moment is left out");
        assert_eq!(AlawWav::repair(&right, 1_058), None);
        assert_eq!(AlawWav::repair(&[0; 58], 1_058), None, "somebody else's file");
        assert_eq!(AlawWav::repair(&right[..30], 30), None);
    }

    proptest! {
        #[test]
        fn repair_never_panics(head in proptest::collection::vec(any::<u8>(), 0..100), len: u64) {
            prop_assert_eq!(AlawWav::repair(&head, len), None);
        }
    }
}
