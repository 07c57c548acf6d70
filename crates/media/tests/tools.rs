//! Our recordings are read by somebody else's program, and say there what they say here.

use media::{g711::Law, record::Format};
use std::process::Command;

/// Two voices of espeak-ng, one a channel, A-law in turn.
fn conversation() -> Vec<u8> {
    let voice = |pitch: &str, text: &str| {
        let out = Command::new("espeak-ng").args(["-v", "cmn", "-p", pitch, "--stdout", text]).output().expect("espeak-ng");
        media::prompt::import(&out.stdout).expect("a voice").alaw
    };
    let (a, b) = (voice("30", "您好，请问是张先生吗？这里是风铃客服中心。"), voice("80", "是的，我就是，请问有什么事情？"));
    let n = a.len().max(b.len());
    let at = |v: &[u8], i: usize| v.get(i).copied().unwrap_or(media::g711::ALAW_SILENCE);
    (0..n).flat_map(|i| [at(&a, i), at(&b, i)]).collect()
}

fn likeness(a: &[i16], b: &[i16]) -> f64 {
    let (mut ab, mut aa, mut bb) = (0.0, 1.0, 1.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (f64::from(*x), f64::from(*y));
        (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y);
    }
    ab / (aa * bb).sqrt()
}

/// The samples that sox makes of a file, channel by channel.
fn by_sox(path: &std::path::Path, format: Format) -> Vec<Vec<i16>> {
    let channels = usize::from(format.layout().channels);
    let mut sox = Command::new("sox");
    match format {
        Format::Raw8 => sox.args(["-t", "raw", "-r", "8000", "-e", "unsigned", "-b", "8", "-c", "1"]),
        Format::Raw16 => sox.args(["-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-L", "-c", "1"]),
        _ => &mut sox,
    };
    let out = sox.arg(path).args(["-t", "raw", "-e", "signed", "-b", "16", "-L", "-"]).output().expect("sox");
    assert!(out.status.success(), "{format:?}: {}", String::from_utf8_lossy(&out.stderr));
    assert!(out.stderr.is_empty(), "{format:?}: {}", String::from_utf8_lossy(&out.stderr));
    let all: Vec<i16> = out.stdout.as_chunks::<2>().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
    (0..channels).map(|c| all.iter().skip(c).step_by(channels).copied().collect()).collect()
}

#[test]
fn sox_reads_what_we_write_and_hears_what_was_said() {
    let said = conversation();
    let original: Vec<Vec<i16>> = (0..2).map(|c| said.iter().skip(c).step_by(2).map(|o| Law::A.decode(*o)).collect()).collect();
    let both: Vec<i16> = original[0].iter().zip(&original[1]).map(|(a, b)| a / 2 + b / 2).collect();
    let dir = tempfile::tempdir().unwrap();
    for (format, least) in [
        (Format::AlawWav, 0.9999),
        (Format::UlawWav, 0.999),
        (Format::PcmWav, 0.9999),
        (Format::Raw8, 0.995),
        (Format::Raw16, 0.9999),
        (Format::AdpcmWav, 0.99),
        (Format::GsmWav, 0.9),
    ] {
        let layout = format.layout();
        let (mut encoder, mut sound) = (format.encoder(), Vec::new());
        encoder.encode(&said, &mut sound);
        encoder.finish(&mut sound);
        let path = dir.path().join(format!("{format:?}.{}", layout.extension));
        std::fs::write(&path, [layout.header(sound.len() as u64), sound.clone()].concat()).unwrap();
        let heard = by_sox(&path, format);
        let mut ours = Vec::new();
        format.decoder().decode(&sound, &mut ours);
        for (c, channel) in heard.iter().enumerate() {
            let expected = if heard.len() == 2 { &original[c] } else { &both };
            assert!(channel.len().abs_diff(expected.len()) <= layout.block_samples as usize, "{format:?}");
            let like = likeness(channel, expected);
            assert!(like > least, "{format:?} channel {c}: {like}");
            let own: Vec<i16> = ours.iter().skip(c).step_by(heard.len()).copied().collect();
            assert!(likeness(channel, &own) > 0.9999, "{format:?}: sox and we decode the same file alike");
        }
    }
}
