//! What a frame of 20 ms costs in every codec and every recording format: `cargo run --release -p media --example codec_cost`.

use media::{
    FRAME,
    codec::{Codec, Decoder, ENCODED_MAX, Encoder, SAMPLES_MAX},
    dtmf_tones::ToneDigits,
    g711::Law,
    record::Format,
};
use std::{
    hint::black_box,
    io::Write as _,
    time::{Duration, Instant},
};

const FRAMES: usize = 3_000;

/// A minute of something like a voice.
fn voice() -> Vec<[i16; FRAME]> {
    let sample = |i: usize| {
        let t = i as f32 / 8_000.0;
        let pitch = std::f32::consts::TAU * 130.0 * t;
        let tone: f32 = (1..20).map(|k| (pitch * k as f32).sin() / (1.0 + (k as f32 - 4.0).abs())).sum();
        (4_000.0 * (0.5 + 0.5 * (9.0 * t).sin()).powi(2) * tone) as i16
    };
    (0..FRAMES).map(|f| std::array::from_fn(|i| sample(f * FRAME + i))).collect()
}

fn each(spent: Duration) -> f64 {
    spent.as_secs_f64() * 1e6 / FRAMES as f64
}

fn main() -> std::io::Result<()> {
    let sound = voice();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<10} {:>10} {:>10} {:>10}   µs per 20 ms", "codec", "encode", "decode", "conceal")?;
    for codec in Codec::ALL {
        let (mut encoder, mut decoder) = (Encoder::new(codec), Decoder::new(codec));
        let mut packets = Vec::with_capacity(FRAMES);
        let begun = Instant::now();
        for frame in &sound {
            let mut packet = [0; ENCODED_MAX];
            let n = encoder.encode(frame, &mut packet);
            packets.push((packet, n));
        }
        let encoded = begun.elapsed();
        let mut pcm = [0; SAMPLES_MAX];
        let begun = Instant::now();
        for (packet, n) in &packets {
            let _ = black_box(decoder.decode(&packet[..*n], &mut pcm));
        }
        let decoded = begun.elapsed();
        let begun = Instant::now();
        for (packet, n) in &packets {
            let _ = decoder.decode(&packet[..*n], &mut pcm);
            decoder.conceal(&mut pcm[..FRAME]);
            black_box(&pcm);
        }
        let concealed = begun.elapsed().saturating_sub(decoded);
        writeln!(out, "{:<10} {:>10.2} {:>10.2} {:>10.2}", codec.name(), each(encoded), each(decoded), each(concealed))?;
    }
    let begun = Instant::now();
    let mut digits = ToneDigits::default();
    for frame in &sound {
        black_box(digits.on_frame(frame));
    }
    writeln!(out, "{:<10} {:>10} {:>10.2}", "DTMF", "", each(begun.elapsed()))?;
    writeln!(
        out,
        "\n{:<10} {:>10} {:>10} {:>10}   µs per 20 ms of both parties, MB an hour",
        "recording", "write", "read", "MB/h"
    )?;
    let stereo: Vec<u8> = sound.iter().flatten().flat_map(|s| [Law::A.encode(*s), Law::A.encode(-(*s / 2))]).collect();
    for format in Format::ALL {
        let mut octets = Vec::new();
        let mut encoder = format.encoder();
        let begun = Instant::now();
        for block in stereo.chunks(10 * 2 * FRAME) {
            encoder.encode(block, &mut octets);
        }
        let written = begun.elapsed();
        let mut samples = Vec::new();
        let begun = Instant::now();
        format.decoder().decode(&octets, &mut samples);
        let read = begun.elapsed();
        let megabytes = octets.len() as f64 * 60.0 / 1e6;
        writeln!(out, "{:<10} {:>10.2} {:>10.2} {:>10.1}", format!("{format:?}"), each(written), each(read), megabytes)?;
    }
    Ok(())
}
