//! Synthesis heard while it is made: line sound in pieces as they come, until the end or until nobody listens.

use super::{HttpSpeech, SpeechError, synth};
use crate::Client;
use media::rate::RateChange;
use model::settings::Speech;
use tokio::sync::mpsc;

/// Pieces that wait to be played; a synthesiser that is further ahead waits.
const PIECES_MAX: usize = 64;
/// The longest text's sound: an hour.
const SAMPLES_MAX: usize = 3_600 * media::RATE as usize;

/// A text being spoken. Dropping it ends the synthesis.
#[derive(Debug)]
pub struct Speaking(mpsc::Receiver<Result<Vec<i16>, SpeechError>>);

impl Speaking {
    /// The next 8 kHz samples; none: all has been said. Nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<Vec<i16>, SpeechError>> {
        self.0.recv().await
    }
}

/// Begins to speak with the provider the settings name; must be called within a tokio runtime. A service over HTTP is heard as
/// its answer comes, a synthesiser on this machine is quick enough to be heard as a whole.
pub fn speak(settings: &Speech, client: &Client, text: &str, voice: Option<&str>) -> Speaking {
    let (pieces, speaking) = mpsc::channel(PIECES_MAX);
    let (settings, client, text, voice) = (settings.clone(), client.clone(), text.to_owned(), voice.map(str::to_owned));
    tokio::spawn(async move {
        let gone = pieces.clone();
        let work = async {
            if let Err(error) = run(&settings, client, &text, voice.as_deref(), &pieces).await {
                let _ = pieces.send(Err(error)).await;
            }
        };
        tokio::select! {
            () = work => {}
            () = gone.closed() => {}
        }
    });
    Speaking(speaking)
}

type Pieces = mpsc::Sender<Result<Vec<i16>, SpeechError>>;

async fn run(settings: &Speech, client: Client, text: &str, voice: Option<&str>, pieces: &Pieces) -> Result<(), SpeechError> {
    if settings.provider == "http" {
        return HttpSpeech::new(settings, client)?.stream(text, voice, pieces).await;
    }
    let pcm = synth(settings, &client)?.synth(text, voice).await?;
    let mut line = Line::default();
    line.begin(pcm.rate)?;
    line.push(&pcm.samples, pieces).await?;
    line.finish(pieces).await
}

/// Brings a provider's samples to the line.
#[derive(Debug, Default)]
pub(super) struct Line {
    rate: Option<RateChange>,
    samples: usize,
}

impl Line {
    pub fn begin(&mut self, rate: u32) -> Result<(), SpeechError> {
        let rate = RateChange::new(rate, media::RATE).map_err(|_| SpeechError::Sound("sampling rate out of range"))?;
        self.rate = Some(rate);
        Ok(())
    }

    pub async fn push(&mut self, samples: &[i16], pieces: &Pieces) -> Result<(), SpeechError> {
        let mut out = Vec::new();
        if let Some(rate) = &mut self.rate {
            rate.push(samples, &mut out);
        }
        self.send(out, pieces).await
    }

    /// # Errors
    /// There was no sound at all.
    pub async fn finish(&mut self, pieces: &Pieces) -> Result<(), SpeechError> {
        let mut out = Vec::new();
        if let Some(rate) = &mut self.rate {
            rate.finish(&mut out);
        }
        self.send(out, pieces).await?;
        if self.samples == 0 { Err(SpeechError::Sound("no samples")) } else { Ok(()) }
    }

    async fn send(&mut self, out: Vec<i16>, pieces: &Pieces) -> Result<(), SpeechError> {
        self.samples += out.len();
        if self.samples > SAMPLES_MAX {
            return Err(SpeechError::Sound("longer than an hour"));
        }
        if !out.is_empty() {
            // A receiver that is gone ends the whole task.
            let _ = pieces.send(Ok(out)).await;
        }
        Ok(())
    }
}
