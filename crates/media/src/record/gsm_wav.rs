//! WAV with GSM 6.10 as Microsoft packs it (tag 0x31): both parties in one channel, 40 ms in 65 octets.
//!
//! The codec is libgsm, linked statically; its "WAV49" mode packs two frames of 160 samples into 32 and 33 octets.

use super::{Decode, Encode, Gather, Layout, Riff, mono};
use std::{ffi::c_int, ptr::NonNull};

const BLOCK_OCTETS: usize = 65;
const BLOCK_SAMPLES: usize = 320;
const FRAME_SAMPLES: usize = 160;
/// Octets of the first frame of a block for the reader, and of both for the writer.
const FIRST_READ: usize = 33;
const FIRST_WRITTEN: usize = 32;
const SAMPLES_LE: [u8; 2] = (BLOCK_SAMPLES as u16).to_le_bytes();
/// `GSM_OPT_WAV49` of gsm.h.
const WAV49: c_int = 4;

pub const LAYOUT: Layout = Layout {
    extension: "wav",
    channels: 1,
    block_octets: BLOCK_OCTETS as u32,
    block_samples: BLOCK_SAMPLES as u32,
    warm_up_blocks: 10,
    riff: Some(Riff { tag: 0x31, bits: 0, extra: Some(&SAMPLES_LE) }),
};

#[repr(C)]
struct State {
    _opaque: [u8; 0],
}

#[expect(unsafe_code, reason = "libgsm is a C library; these are the declarations of gsm.h")]
unsafe extern "C" {
    fn gsm_create() -> *mut State;
    fn gsm_destroy(state: *mut State);
    fn gsm_option(state: *mut State, option: c_int, value: *mut c_int) -> c_int;
    fn gsm_encode(state: *mut State, samples: *mut i16, octets: *mut u8);
    fn gsm_decode(state: *mut State, octets: *mut u8, samples: *mut i16) -> c_int;
}

/// A codec's memory; `None` when there was none to be had.
struct Codec(Option<NonNull<State>>);

#[expect(unsafe_code, reason = "the state is a block of memory of its own, tied to no thread; only its owner reaches it")]
// SAFETY: libgsm keeps no global or thread-local state.
unsafe impl Send for Codec {}

impl Codec {
    #[expect(unsafe_code, reason = "calls into libgsm")]
    fn new() -> Self {
        // SAFETY: gsm_create takes nothing; it answers null when out of memory.
        let state = NonNull::new(unsafe { gsm_create() });
        if let Some(state) = state {
            let mut on: c_int = 1;
            // SAFETY: the state is live and `on` outlives the call, which only reads it.
            unsafe { gsm_option(state.as_ptr(), WAV49, &raw mut on) };
        }
        Self(state)
    }

    #[expect(unsafe_code, reason = "calls into libgsm")]
    fn encode(&mut self, samples: &[i16; BLOCK_SAMPLES]) -> [u8; BLOCK_OCTETS] {
        let mut octets = [0; BLOCK_OCTETS];
        let mut samples = *samples;
        if let Some(state) = self.0 {
            let (first, second) = samples.split_at_mut(FRAME_SAMPLES);
            let (one, two) = octets.split_at_mut(FIRST_WRITTEN);
            // SAFETY: the state is live and ours; both halves have the 160 samples a frame is made of, and in WAV49 mode the
            // frames of a pair write 32 and 33 octets, which is what the two parts have.
            unsafe {
                gsm_encode(state.as_ptr(), first.as_mut_ptr(), one.as_mut_ptr());
                gsm_encode(state.as_ptr(), second.as_mut_ptr(), two.as_mut_ptr());
            }
        }
        octets
    }

    #[expect(unsafe_code, reason = "calls into libgsm")]
    fn decode(&mut self, block: &[u8; BLOCK_OCTETS]) -> [i16; BLOCK_SAMPLES] {
        let mut samples = [0; BLOCK_SAMPLES];
        let mut octets = *block;
        if let Some(state) = self.0 {
            let (first, second) = samples.split_at_mut(FRAME_SAMPLES);
            let (one, two) = octets.split_at_mut(FIRST_READ);
            // SAFETY: as above; in WAV49 mode the frames of a pair are read from 33 and 32 octets. Any bits decode to something.
            unsafe {
                gsm_decode(state.as_ptr(), one.as_mut_ptr(), first.as_mut_ptr());
                gsm_decode(state.as_ptr(), two.as_mut_ptr(), second.as_mut_ptr());
            }
        }
        samples
    }
}

impl Drop for Codec {
    #[expect(unsafe_code, reason = "calls into libgsm")]
    fn drop(&mut self) {
        if let Some(state) = self.0 {
            // SAFETY: the state came from gsm_create and is given back once.
            unsafe { gsm_destroy(state.as_ptr()) };
        }
    }
}

pub struct Writer {
    codec: Codec,
    gather: Gather<BLOCK_SAMPLES>,
}

impl Default for Writer {
    fn default() -> Self {
        Self { codec: Codec::new(), gather: Gather::default() }
    }
}

impl Encode for Writer {
    fn encode(&mut self, stereo: &[u8], out: &mut Vec<u8>) {
        for s in mono(stereo) {
            if let Some(samples) = self.gather.push(s) {
                out.extend(self.codec.encode(samples));
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(samples) = self.gather.rest() {
            out.extend(self.codec.encode(samples));
        }
    }
}

pub struct Reader(Codec);

impl Default for Reader {
    fn default() -> Self {
        Self(Codec::new())
    }
}

impl Decode for Reader {
    fn decode(&mut self, blocks: &[u8], out: &mut Vec<i16>) {
        for block in blocks.as_chunks::<BLOCK_OCTETS>().0 {
            out.extend(self.0.decode(block));
        }
    }
}
