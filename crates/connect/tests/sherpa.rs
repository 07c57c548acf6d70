//! sherpa-onnx's C interface, spoken by a small library that this test builds: loading, streaming, and what is missing.
#![cfg(feature = "sherpa")]

use connect::speech::SpeechError;
use connect::speech::hear::{Ask, Recognised, recogniser};
use connect::{Client, Guard};
use media::tone::Tone;
use model::settings::Recognition;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Hears loud sound as one word for every half second of it; a model whose encoder is called `refused` is none.
const LIBRARY: &str = r#"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef struct { int32_t rate, dim; const char *encoder, *decoder, *joiner, *p_encoder, *p_decoder, *ctc, *tokens; } Config;
typedef struct { int32_t loud; int32_t ready; } Stream;
const char *SherpaOnnxGetVersionStr() { return VERSION; }
const void *SherpaOnnxCreateOnlineRecognizer(const Config *c) {
  if (c->rate != 16000 || c->dim != 80 || !c->tokens) return 0;
  FILE *f = fopen(c->encoder ? c->encoder : c->ctc, "r");
  char first = f ? (char)fgetc(f) : 'x';
  if (f) fclose(f);
  return first == 'x' ? 0 : malloc(1);
}
const void *SherpaOnnxCreateOnlineStream(const void *r) { return calloc(1, sizeof(Stream)); }
void SherpaOnnxDestroyOnlineStream(const void *s) { free((void *)s); }
void SherpaOnnxOnlineStreamAcceptWaveform(const void *s, int32_t rate, const float *x, int32_t n) {
  Stream *t = (Stream *)s;
  double e = 0;
  for (int32_t i = 0; i < n; ++i) e += x[i] * x[i];
  if (n > 0 && e / n > 0.001) t->loud += n;
  t->ready = 1;
}
int32_t SherpaOnnxIsOnlineStreamReady(const void *r, const void *s) { return ((Stream *)s)->ready; }
void SherpaOnnxDecodeOnlineStream(const void *r, const void *s) { ((Stream *)s)->ready = 0; }
const char *SherpaOnnxGetOnlineStreamResultAsJson(const void *r, const void *s) {
  char *out = calloc(1, 512);
  strcpy(out, "{\"text\":\"");
  for (int32_t i = 0; i < ((Stream *)s)->loud / 4000 && i < 20; ++i) strcat(out, "\xe5\xa5\xbd");
  strcat(out, "\"}");
  return out;
}
void SherpaOnnxDestroyOnlineStreamResultJson(const char *s) { free((void *)s); }
void SherpaOnnxOnlineStreamReset(const void *r, const void *s) { ((Stream *)s)->loud = 0; }
"#;

fn build(dir: &Path, version: &str) {
    let source = dir.join("fake.c");
    std::fs::write(&source, LIBRARY).unwrap();
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", &format!("-DVERSION=\"{version}\""), "-o"])
        .arg(dir.join("libsherpa-onnx-c-api.so"))
        .arg(&source)
        .output()
        .expect("a C compiler");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}

fn model(dir: &Path, name: &str, files: &[(&str, &str)]) {
    std::fs::create_dir_all(dir.join(name)).unwrap();
    files.iter().for_each(|(file, content)| std::fs::write(dir.join(name).join(file), content).unwrap());
}

fn settings(model: &str) -> Recognition {
    Recognition { provider: "sherpa".into(), model: model.into(), ..Recognition::default() }
}

fn error(dir: Option<&Path>, model: &str) -> SpeechError {
    recogniser(&settings(model), &Client::new(Guard::with_loopback()).unwrap(), dir).err().unwrap()
}

async fn hear(dir: &Path, name: &str) -> Vec<Recognised> {
    let client = Client::new(Guard::with_loopback()).unwrap();
    let mut listening = recogniser(&settings(name), &client, Some(dir)).unwrap().listen(Ask::default());
    let mut tone = Tone::new(500);
    for words in [2, 3] {
        listening.speech_started(0);
        for _ in 0..25 * words {
            let mut frame = [0; 160];
            tone.fill(&mut frame);
            listening.push(&frame);
        }
        listening.speech_ended();
    }
    let mut said = Vec::new();
    while said.iter().filter(|s| matches!(s, Recognised::Final { .. } | Recognised::Failed(_))).count() < 2 {
        match tokio::time::timeout(Duration::from_secs(10), listening.next()).await.expect("nothing is said") {
            Some(word) => said.push(word),
            None => break,
        }
    }
    said
}

#[tokio::test]
async fn a_model_of_each_kind_hears_utterance_after_utterance() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), "2.0.1");
    let onnx = |stem: &'static str| (stem, "\u{8}onnx");
    model(dir.path(), "t", &[("tokens.txt", "a 0"), onnx("encoder.int8.onnx"), onnx("decoder.onnx"), onnx("joiner.onnx")]);
    model(dir.path(), "p", &[("tokens.txt", "a 0"), onnx("encoder.onnx"), onnx("decoder.onnx")]);
    model(dir.path(), "c", &[("tokens.txt", "a 0"), onnx("model.onnx")]);
    for name in ["t", "p", "c"] {
        let said = hear(dir.path(), name).await;
        let finals: Vec<(&str, u32, u32)> = said
            .iter()
            .filter_map(|s| match s {
                Recognised::Final { text, from_ms, to_ms, .. } => Some((text.as_str(), *from_ms, *to_ms)),
                _ => None,
            })
            .collect();
        assert_eq!(finals, [("好好", 0, 1_000), ("好好好", 1_000, 2_500)], "{name}");
        assert!(said.iter().any(|s| matches!(s, Recognised::Partial { text, .. } if text == "好")), "{said:?}");
    }
    model(dir.path(), "x", &[("tokens.txt", "a 0"), ("model.onnx", "x")]);
    let said = hear(dir.path(), "x").await;
    assert!(
        matches!(&said[0], Recognised::Failed(SpeechError::Local { text, .. }) if text.contains("refuses the model")),
        "{said:?}"
    );
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let onnx = |stem: &'static str| (stem, "\u{8}onnx");
    assert!(error(Some(dir.path()), "nothing").to_string().contains("tokens.txt and encoder.onnx"));
    model(dir.path(), "half", &[("tokens.txt", "a 0"), onnx("encoder.onnx")]);
    assert!(error(Some(dir.path()), "half").zh().contains("joiner.onnx"));
    assert!(matches!(error(Some(dir.path()), "../etc"), SpeechError::Setting { field: "model", .. }));
    assert!(matches!(error(None, "half"), SpeechError::Local { .. }));
    model(dir.path(), "c", &[("tokens.txt", "a 0"), onnx("model.onnx")]);
    std::fs::write(dir.path().join("libsherpa-onnx-c-api.so"), "no library").unwrap();
    let said = hear(dir.path(), "c").await;
    assert!(matches!(&said[0], Recognised::Failed(e) if e.to_string().contains("pip install sherpa-onnx-core")), "{said:?}");
    build(dir.path(), "0.9.0");
    let said = hear(dir.path(), "c").await;
    assert!(matches!(&said[0], Recognised::Failed(e) if e.to_string().contains("0.9.0")), "{said:?}");
}
