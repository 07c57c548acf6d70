//! sherpa-onnx on this machine: the operator installs the library and puts models below the server's model directory; nothing
//! is fetched and nothing leaves the house. One thread a session, one loaded model for all of them.

use super::sherpa_api::{ApiError, Files, LIBRARY, Model};
use super::{Ask, Audio, Listening, PER_MS, Recognised, Recogniser, Wires, ms_of, tidy};
use crate::speech::SpeechError;
use model::settings::Recognition;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What a model's directory must hold: `tokens.txt` and one of the sets. For `x.onnx` an `x.int8.onnx` will do, and is preferred.
pub const MODEL_FILES: &str = "tokens.txt and encoder.onnx + decoder.onnx + joiner.onnx (transducer), encoder.onnx + decoder.onnx (paraformer), or model.onnx (zipformer2 CTC)";

/// Models kept loaded.
const MODELS_MAX: usize = 4;
/// A partial text is asked for every so often.
const LOOK_MS: u64 = 200;
/// Silence that pushes the last words out of the model.
const TAIL: [f32; 400 * PER_MS as usize] = [0.0; 400 * PER_MS as usize];

#[derive(Clone, Debug)]
pub struct Sherpa {
    /// Of all models, and of the library where it is kept with them.
    dir: PathBuf,
    model: PathBuf,
    files: Files,
}

impl Sherpa {
    /// # Errors
    /// No such model, or which of its files are missing.
    pub fn new(settings: &Recognition, models_dir: Option<&Path>) -> Result<Self, SpeechError> {
        let name = settings.model.trim();
        if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
            return Err(SpeechError::Setting { field: "model", value: name.into() });
        }
        let dir = models_dir.map(Path::to_owned).ok_or_else(|| SpeechError::Local {
            text: "this server has no directory of models".into(),
            zh: "这台服务器没有配置模型目录".into(),
        })?;
        let model = dir.join(name);
        let files = files(&model)?;
        Ok(Self { dir, model, files })
    }
}

fn files(dir: &Path) -> Result<Files, SpeechError> {
    let find = |stem: &str, kind: &str| {
        [format!("{stem}.int8.{kind}"), format!("{stem}.{kind}")].into_iter().map(|f| dir.join(f)).find(|f| f.is_file())
    };
    let text =
        |path: Option<PathBuf>| path.and_then(|p| CString::new(p.into_os_string().into_encoded_bytes()).ok()).unwrap_or_default();
    let files = Files {
        tokens: text(find("tokens", "txt")),
        encoder: text(find("encoder", "onnx")),
        decoder: text(find("decoder", "onnx")),
        joiner: text(find("joiner", "onnx")),
        ctc: text(find("model", "onnx")),
    };
    let two = !files.encoder.is_empty() && !files.decoder.is_empty();
    if !files.tokens.is_empty() && (two || !files.ctc.is_empty()) {
        // A directory with both kinds is taken for the one that is complete.
        return Ok(if two {
            Files { ctc: CString::default(), ..files }
        } else {
            Files { encoder: CString::default(), decoder: CString::default(), joiner: CString::default(), ..files }
        });
    }
    let shown = dir.display();
    Err(SpeechError::Local {
        text: format!("{shown} is not a complete model; it needs {MODEL_FILES}"),
        zh: format!(
            "{shown} 不是完整的模型目录，需要 tokens.txt，以及 encoder.onnx、decoder.onnx、joiner.onnx（transducer），或 encoder.onnx、decoder.onnx（paraformer），或 model.onnx（zipformer2 CTC）"
        ),
    })
}

impl Recogniser for Sherpa {
    fn listen(&self, _ask: Ask) -> Listening {
        let (listening, wires) = Listening::new();
        let sherpa = self.clone();
        let texts = wires.texts.clone();
        let started = std::thread::Builder::new().name("sherpa".into()).spawn(move || sherpa.run(wires));
        if let Err(e) = started {
            let failed = SpeechError::Failed { program: "sherpa-onnx".into(), text: e.to_string() };
            let _ = texts.try_send(Recognised::Failed(failed));
        }
        listening
    }
}

impl Sherpa {
    fn run(self, mut wires: Wires) {
        match self.loaded() {
            Ok(model) => match model.stream() {
                Some(stream) => hear(&stream, &mut wires),
                None => wires.tell(Recognised::Failed(self.error(&ApiError::Model))),
            },
            Err(error) => wires.tell(Recognised::Failed(self.error(&error))),
        }
    }

    /// The model, loaded by whoever needs it first; the others wait for it.
    fn loaded(&self) -> Result<Arc<Model>, ApiError> {
        static MODELS: Mutex<BTreeMap<PathBuf, Arc<Model>>> = Mutex::new(BTreeMap::new());
        let mut models = MODELS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = models.get(&self.model) {
            return Ok(Arc::clone(model));
        }
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get().min(4));
        let model = Arc::new(Model::load(&self.dir, &self.files, i32::try_from(cores).unwrap_or(1))?);
        if models.len() < MODELS_MAX {
            models.insert(self.model.clone(), Arc::clone(&model));
        }
        Ok(model)
    }

    fn error(&self, error: &ApiError) -> SpeechError {
        let dir = self.dir.display();
        match error {
            ApiError::Load(e) => SpeechError::Local {
                text: format!(
                    "sherpa-onnx's {LIBRARY} could not be loaded ({e}); install it (e.g. pip install sherpa-onnx-core and copy \
                     sherpa_onnx/lib/*.so to {dir}, or put them where ldconfig finds them)"
                ),
                zh: format!(
                    "没能加载 sherpa-onnx 的 {LIBRARY}（{e}）。请安装：pip install sherpa-onnx-core，再把 sherpa_onnx/lib 下的 *.so 复制到 {dir}，或放到 ldconfig 能找到的地方"
                ),
            },
            ApiError::Version(v) => SpeechError::Local {
                text: format!("sherpa-onnx {error}"),
                zh: format!("不支持 sherpa-onnx {v}，请安装 1.12 或更新、3 以下的版本"),
            },
            ApiError::Model => SpeechError::Local {
                text: format!(
                    "sherpa-onnx refuses the model in {}; see what it wrote to the standard error",
                    self.model.display()
                ),
                zh: format!("sherpa-onnx 不接受 {} 里的模型，原因见程序的标准错误输出", self.model.display()),
            },
        }
    }
}

/// Until nobody listens any more.
fn hear(stream: &super::sherpa_api::Stream<'_>, wires: &mut Wires) {
    let (mut seen, mut looked, mut from) = (0_u64, 0_u64, 0_u64);
    let mut last = String::new();
    while let Some(audio) = wires.audio.blocking_recv() {
        match audio {
            Audio::Frame(samples) => {
                seen += samples.len() as u64;
                let samples: Vec<f32> = samples.iter().map(|s| f32::from(*s) / 32_768.0).collect();
                stream.take(media::RATE as i32, &samples);
                if seen - looked >= LOOK_MS * PER_MS {
                    looked = seen;
                    let text = tidy(&stream.text());
                    if !text.is_empty() && text != last {
                        wires.tell(Recognised::Partial { text: text.clone(), from_ms: ms_of(from), to_ms: ms_of(seen) });
                        last = text;
                    }
                }
            }
            Audio::Start { ms_ago } => {
                from = seen.saturating_sub(u64::from(ms_ago) * PER_MS);
                wires.tell(Recognised::SpeechStarted { at_ms: ms_of(from) });
            }
            Audio::End => {
                stream.take(media::RATE as i32, &TAIL);
                let text = tidy(&stream.text());
                stream.reset();
                wires.tell(Recognised::Final { text, from_ms: ms_of(from), to_ms: ms_of(seen), confidence: None });
                (from, last) = (seen, String::new());
            }
        }
    }
}
