use super::*;
use crate::goertzel::level_db;
use proptest::prelude::*;

/// A-law of 440 Hz on the left and 1000 Hz on the right, in turn.
fn stereo(samples: usize) -> Vec<u8> {
    let tone = |hz: f32, i: usize| Law::A.encode((8_000.0 * (std::f32::consts::TAU * hz * i as f32 / 8_000.0).sin()) as i16);
    (0..samples).flat_map(|i| [tone(440.0, i), tone(1_000.0, i)]).collect()
}

/// A whole file, given in pieces as the recorder gives them.
fn file(format: Format, sound: &[u8]) -> Vec<u8> {
    let mut encoder = format.encoder();
    let mut out = Vec::new();
    for piece in sound.chunks(3_200) {
        encoder.encode(piece, &mut out);
    }
    encoder.finish(&mut out);
    let mut whole = format.layout().header(out.len() as u64);
    whole.extend(out);
    whole
}

fn read(format: Format, file: &[u8]) -> Vec<Vec<i16>> {
    let layout = format.layout();
    let mut out = Vec::new();
    let sound = layout.sound_octets(file.len() as u64) as usize;
    format.decoder().decode(&file[layout.header_len()..][..sound], &mut out);
    let channels = usize::from(layout.channels);
    (0..channels).map(|c| out.iter().skip(c).step_by(channels).copied().collect()).collect()
}

#[test]
fn every_format_reads_back_what_was_said_channel_by_channel() {
    for format in Format::ALL {
        let sound = stereo(16_000);
        let file = file(format, &sound);
        let layout = format.layout();
        assert_eq!(Format::of_file(layout.extension, &file), Some(format));
        let channels = read(format, &file);
        assert!(channels[0].len().abs_diff(16_000) < layout.block_samples as usize, "{format:?}");
        assert!(layout.duration_ms(file.len() as u64).abs_diff(2_000) <= 64, "{format:?}");
        let level = |c: usize, hz: u16| level_db(&channels[c][4_000..12_000], hz);
        match channels.len() {
            2 => {
                assert!((level(0, 440) + 12.2).abs() < 0.7 && level(0, 1_000) < -45.0, "{format:?}");
                assert!((level(1, 1_000) + 12.2).abs() < 0.7 && level(1, 440) < -45.0, "{format:?}");
            }
            // Each at half its level; two tones at once are not what speech codecs are made for.
            _ => {
                let tolerance = if layout.warm_up_blocks > 0 { 4.0 } else { 0.3 };
                assert!((level(0, 440) + 18.2).abs() < tolerance, "{format:?}: {}", level(0, 440));
                assert!((level(0, 1_000) + 18.2).abs() < tolerance, "{format:?}: {}", level(0, 1_000));
            }
        }
    }
}

#[test]
fn a_file_just_opened_is_mended_to_what_is_there() {
    for format in Format::ALL {
        let layout = format.layout();
        let whole = file(format, &stereo(8_000));
        if layout.header_len() == 0 {
            assert_eq!(repair(layout.extension, &whole, whole.len() as u64), None);
            continue;
        }
        let mut cut = layout.opening();
        cut.extend(&whole[layout.header_len()..]);
        cut.truncate(whole.len() - 1);
        let right = repair(layout.extension, &cut[..HEAD_MAX.min(cut.len())], cut.len() as u64).unwrap();
        assert_eq!(right.len(), layout.header_len());
        assert_eq!(Format::of_file(layout.extension, &right), Some(format));
        assert_eq!(right, layout.header(layout.sound_octets(cut.len() as u64)), "{format:?}: half a block is left out");
        assert_eq!(repair(layout.extension, &right, cut.len() as u64), None, "once is enough");
        assert_eq!(repair("mp3", &cut, cut.len() as u64), None);
        assert_eq!(repair(layout.extension, &[0; 60], 60), None, "somebody else's file");
        assert_eq!(repair(layout.extension, &right[..20], 20), None);
    }
}

#[test]
fn a_header_claims_no_more_than_it_can() {
    for format in Format::ALL {
        let (layout, most) = (format.layout(), format.layout().opening());
        if let Some(claimed) = most.get(most.len().wrapping_sub(4)..) {
            let claimed = u32::from_le_bytes(claimed.try_into().unwrap());
            assert!(u64::from(claimed) + layout.header_len() as u64 <= u64::from(u32::MAX));
            assert_eq!(claimed % layout.block_octets, 0);
        }
    }
}

#[test]
fn the_middle_of_a_file_can_be_decoded_by_itself() {
    for format in Format::ALL {
        let layout = format.layout();
        let whole = file(format, &stereo(32_000));
        let all = read(format, &whole);
        let block = layout.block_octets as usize;
        let body = &whole[layout.header_len()..];
        let from = body.len() / block / 2;
        let start = from - layout.warm_up_blocks as usize;
        let mut out = Vec::new();
        format.decoder().decode(&body[start * block..(from + 4) * block], &mut out);
        let per_block = layout.block_samples as usize * usize::from(layout.channels);
        let got: Vec<i16> =
            out[layout.warm_up_blocks as usize * per_block..].iter().step_by(usize::from(layout.channels)).copied().collect();
        let want = &all[0][from * layout.block_samples as usize..][..got.len()];
        let error: i32 = got.iter().zip(want).map(|(a, b)| (i32::from(*a) - i32::from(*b)).abs()).max().unwrap();
        assert!(error < 1_500, "{format:?}: {error}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_decoded_and_never_mended_wrongly(octets in proptest::collection::vec(any::<u8>(), 0..2_000), len: u64) {
        for format in Format::ALL {
            let layout = format.layout();
            let whole = octets.len() / layout.block_octets as usize * layout.block_octets as usize;
            let mut out = Vec::new();
            format.decoder().decode(&octets[..whole], &mut out);
            prop_assert_eq!(out.len() as u64, layout.samples_in(whole as u64) * u64::from(layout.channels));
            let mut written = Vec::new();
            let mut encoder = format.encoder();
            encoder.encode(&octets[..octets.len() / 2 * 2], &mut written);
            encoder.finish(&mut written);
            prop_assert_eq!(written.len() % layout.block_octets as usize, 0);
            prop_assert_eq!(repair(layout.extension, &octets, len), None);
        }
    }
}
