//! What 20 ms of each codec cost, to encode and to decode.
//!
//! `cargo run -p switch --example codec_cost`
#![expect(clippy::print_stdout, reason = "prints its figures")]

use media::{
    FRAME,
    codec::{Codec, Decoder, ENCODED_MAX, Encoder, SAMPLES_MAX},
    tone::Tone,
};
use std::time::Instant;

/// Frames measured.
const FRAMES: u32 = 2_000;

fn main() {
    for codec in Codec::ALL {
        let (mut encoder, mut decoder, mut tone) = (Encoder::new(codec), Decoder::new(codec), Tone::pair(697, 1_209));
        let (mut encoding, mut decoding) = (0.0, 0.0);
        for _ in 0..FRAMES {
            let (mut pcm, mut octets, mut out) = ([0; FRAME], [0; ENCODED_MAX], [0; SAMPLES_MAX]);
            tone.fill(&mut pcm);
            let start = Instant::now();
            let n = encoder.encode(&pcm, &mut octets);
            encoding += start.elapsed().as_secs_f64();
            let start = Instant::now();
            let _ = decoder.decode(&octets[..n], &mut out);
            decoding += start.elapsed().as_secs_f64();
        }
        let us = |s: f64| s * 1e6 / f64::from(FRAMES);
        println!("{:6} encode {:6.1} µs  decode {:6.1} µs", codec.name(), us(encoding), us(decoding));
    }
}
