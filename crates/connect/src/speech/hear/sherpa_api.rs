//! The part of sherpa-onnx's C interface that streaming recognition needs, loaded at run time (c-api.h of 1.12 to 2.x).

use std::ffi::{CStr, CString, c_char, c_float};
use std::marker::{PhantomData, PhantomPinned};
use std::path::Path;
use std::ptr::null;

/// As distributions and the project's own wheels name it.
pub(super) const LIBRARY: &str = "libsherpa-onnx-c-api.so";

/// An object of the library's.
#[repr(C)]
pub(super) struct Opaque {
    _bytes: [u8; 0],
    _not_ours: PhantomData<(*mut u8, PhantomPinned)>,
}

#[repr(C)]
struct ModelConfig {
    transducer_encoder: *const c_char,
    transducer_decoder: *const c_char,
    transducer_joiner: *const c_char,
    paraformer_encoder: *const c_char,
    paraformer_decoder: *const c_char,
    zipformer2_ctc: *const c_char,
    tokens: *const c_char,
    num_threads: i32,
    provider: *const c_char,
    debug: i32,
    model_type: *const c_char,
    modeling_unit: *const c_char,
    bpe_vocab: *const c_char,
    tokens_buf: *const c_char,
    tokens_buf_size: i32,
    nemo_ctc: *const c_char,
    t_one_ctc: *const c_char,
}

#[repr(C)]
struct RecognizerConfig {
    sample_rate: i32,
    feature_dim: i32,
    model: ModelConfig,
    decoding_method: *const c_char,
    max_active_paths: i32,
    enable_endpoint: i32,
    rule1_min_trailing_silence: c_float,
    rule2_min_trailing_silence: c_float,
    rule3_min_utterance_length: c_float,
    hotwords_file: *const c_char,
    hotwords_score: c_float,
    ctc_graph: *const c_char,
    ctc_max_active: i32,
    rule_fsts: *const c_char,
    rule_fars: *const c_char,
    blank_penalty: c_float,
    hotwords_buf: *const c_char,
    hotwords_buf_size: i32,
    hr_dict_dir: *const c_char,
    hr_lexicon: *const c_char,
    hr_rule_fsts: *const c_char,
    /// Newer libraries may read fields that this one does not name: they find nothing there.
    reserve: [usize; 32],
}

macro_rules! interface {
    ($($field:ident = $symbol:literal: fn($($arg:ty),*) $(-> $ret:ty)?;)*) => {
        struct Interface { $($field: unsafe extern "C" fn($($arg),*) $(-> $ret)?,)* }

        impl Interface {
            #[expect(unsafe_code, reason = "symbols of a C library")]
            fn load(library: &libloading::Library) -> Result<Self, libloading::Error> {
                Ok(Self {
                    // SAFETY: the types are those of c-api.h; the pointers are used only while `library` is loaded, which
                    // it stays for as long as the process runs.
                    $($field: *unsafe { library.get(concat!($symbol, "\0").as_bytes()) }?,)*
                })
            }
        }
    };
}

interface! {
    version = "SherpaOnnxGetVersionStr": fn() -> *const c_char;
    create_recognizer = "SherpaOnnxCreateOnlineRecognizer": fn(*const RecognizerConfig) -> *const Opaque;
    create_stream = "SherpaOnnxCreateOnlineStream": fn(*const Opaque) -> *const Opaque;
    destroy_stream = "SherpaOnnxDestroyOnlineStream": fn(*const Opaque);
    accept = "SherpaOnnxOnlineStreamAcceptWaveform": fn(*const Opaque, i32, *const c_float, i32);
    is_ready = "SherpaOnnxIsOnlineStreamReady": fn(*const Opaque, *const Opaque) -> i32;
    decode = "SherpaOnnxDecodeOnlineStream": fn(*const Opaque, *const Opaque);
    result = "SherpaOnnxGetOnlineStreamResultAsJson": fn(*const Opaque, *const Opaque) -> *const c_char;
    free_result = "SherpaOnnxDestroyOnlineStreamResultJson": fn(*const c_char);
    reset = "SherpaOnnxOnlineStreamReset": fn(*const Opaque, *const Opaque);
}

/// What the library cannot do, in its words or ours.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("{0}")]
    Load(#[from] libloading::Error),
    #[error("version {0} is not known to work; install 1.12 or newer, below 3")]
    Version(String),
    #[error("the model could not be loaded")]
    Model,
}

/// The files of a model; those of other kinds are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    pub tokens: CString,
    pub encoder: CString,
    pub decoder: CString,
    /// With it the model is a transducer, without it a paraformer.
    pub joiner: CString,
    pub ctc: CString,
}

/// A loaded model; shared by all who listen with it.
pub(super) struct Model {
    api: Interface,
    recognizer: *const Opaque,
}

// SAFETY: the recogniser is only read after its making, and every stream belongs to one thread; sherpa-onnx documents one
// recogniser serving streams of several threads.
#[expect(unsafe_code, reason = "a pointer of a C library that may be shared")]
unsafe impl Send for Model {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "a pointer of a C library that may be shared")]
unsafe impl Sync for Model {}

impl Model {
    /// Loads the library (from `dir` where it is there, else as the system finds it) and a model with it.
    ///
    /// # Errors
    /// No library, one too old or too new, a model it refuses.
    #[expect(unsafe_code, reason = "a C library")]
    pub(super) fn load(dir: &Path, files: &Files, threads: i32) -> Result<Self, ApiError> {
        let beside = dir.join(LIBRARY);
        let name = if beside.is_file() { beside.as_os_str().to_owned() } else { LIBRARY.into() };
        // SAFETY: the operator's own library; its initialisers are those of a shared object like any other.
        let library = unsafe { libloading::Library::new(name) }?;
        let api = Interface::load(&library)?;
        // It is never unloaded: its threads may outlive any session.
        std::mem::forget(library);
        // SAFETY: gives a pointer to a static text.
        let version = unsafe { CStr::from_ptr((api.version)()) }.to_string_lossy().into_owned();
        if !is_known(&version) {
            return Err(ApiError::Version(version));
        }
        let config = config(files, threads);
        // SAFETY: every pointer of `config` is null or a text that lives until the call returns; the library copies them.
        let recognizer = unsafe { (api.create_recognizer)(&raw const config) };
        if recognizer.is_null() { Err(ApiError::Model) } else { Ok(Self { api, recognizer }) }
    }

    /// A stream of its own, for one thread.
    #[expect(unsafe_code, reason = "a C library")]
    pub(super) fn stream(&self) -> Option<Stream<'_>> {
        // SAFETY: the recogniser is not null and lives as long as `self`.
        let stream = unsafe { (self.api.create_stream)(self.recognizer) };
        (!stream.is_null()).then_some(Stream { model: self, stream })
    }
}

/// Versions whose structures are laid out as ours.
fn is_known(version: &str) -> bool {
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    match (numbers.next(), numbers.next()) {
        (Some(1), Some(minor)) => minor >= 12,
        (Some(major), _) => major == 2,
        _ => false,
    }
}

fn config(files: &Files, threads: i32) -> RecognizerConfig {
    let path = |file: &CString| if file.is_empty() { null() } else { file.as_ptr() };
    let transducer = !files.joiner.is_empty();
    let only = |wanted: bool, file: &CString| if wanted { path(file) } else { null() };
    RecognizerConfig {
        sample_rate: 16_000,
        feature_dim: 80,
        model: ModelConfig {
            transducer_encoder: only(transducer, &files.encoder),
            transducer_decoder: only(transducer, &files.decoder),
            transducer_joiner: path(&files.joiner),
            paraformer_encoder: only(!transducer, &files.encoder),
            paraformer_decoder: only(!transducer, &files.decoder),
            zipformer2_ctc: path(&files.ctc),
            tokens: path(&files.tokens),
            num_threads: threads,
            provider: c"cpu".as_ptr(),
            debug: 0,
            model_type: null(),
            modeling_unit: null(),
            bpe_vocab: null(),
            tokens_buf: null(),
            tokens_buf_size: 0,
            nemo_ctc: null(),
            t_one_ctc: null(),
        },
        decoding_method: c"greedy_search".as_ptr(),
        max_active_paths: 4,
        enable_endpoint: 0,
        rule1_min_trailing_silence: 2.4,
        rule2_min_trailing_silence: 1.2,
        rule3_min_utterance_length: 20.0,
        hotwords_file: null(),
        hotwords_score: 1.5,
        ctc_graph: null(),
        ctc_max_active: 3_000,
        rule_fsts: null(),
        rule_fars: null(),
        blank_penalty: 0.0,
        hotwords_buf: null(),
        hotwords_buf_size: 0,
        hr_dict_dir: null(),
        hr_lexicon: null(),
        hr_rule_fsts: null(),
        reserve: [0; 32],
    }
}

/// One leg's sound under way.
pub(super) struct Stream<'m> {
    model: &'m Model,
    stream: *const Opaque,
}

impl Stream<'_> {
    /// Takes samples in (−1 to 1) and decodes as far as it goes.
    #[expect(unsafe_code, reason = "a C library")]
    pub(super) fn take(&self, rate: i32, samples: &[f32]) {
        let n = i32::try_from(samples.len()).unwrap_or(i32::MAX);
        let api = &self.model.api;
        // SAFETY: recogniser and stream are alive; `samples` holds `n` values, which the library copies.
        unsafe {
            (api.accept)(self.stream, rate, samples.as_ptr(), n);
            while (api.is_ready)(self.model.recognizer, self.stream) != 0 {
                (api.decode)(self.model.recognizer, self.stream);
            }
        }
    }

    /// The text so far; empty where there is none.
    #[expect(unsafe_code, reason = "a C library")]
    pub(super) fn text(&self) -> String {
        let api = &self.model.api;
        // SAFETY: the result is null or a text that is ours until it is given back.
        let json = unsafe {
            let result = (api.result)(self.model.recognizer, self.stream);
            if result.is_null() {
                return String::new();
            }
            let json = CStr::from_ptr(result).to_string_lossy().into_owned();
            (api.free_result)(result);
            json
        };
        let json: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
        json.get("text").and_then(|t| t.as_str()).unwrap_or_default().to_owned()
    }

    /// Forgets what was said.
    #[expect(unsafe_code, reason = "a C library")]
    pub(super) fn reset(&self) {
        // SAFETY: recogniser and stream are alive.
        unsafe { (self.model.api.reset)(self.model.recognizer, self.stream) }
    }
}

impl Drop for Stream<'_> {
    #[expect(unsafe_code, reason = "a C library")]
    fn drop(&mut self) {
        // SAFETY: the stream is ours and is not used afterwards.
        unsafe { (self.model.api.destroy_stream)(self.stream) }
    }
}
