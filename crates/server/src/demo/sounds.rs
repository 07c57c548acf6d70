//! The simulated network's announcements and people, spoken once into the demo's directory.

use carrier::Sounds;
use desk::prompt::SpeechCache;
use model::settings::Speech;
use model::telephony::Clip;

/// Missing speech is no reason not to start: tones take its place.
pub async fn make(cache: &SpeechCache) -> Sounds {
    let say = async |text: &str| {
        let spoken = cache.clip(&Speech { speed: 190, ..Speech::default() }, text, None).await;
        match spoken {
            Ok(path) => Some(Clip::File { path: path.to_string_lossy().into_owned() }),
            Err(error) => {
                tracing::warn!(%error, "the simulated network speaks in tones");
                None
            }
        }
    };
    Sounds {
        invalid: say("您好，您拨打的号码是空号，请核对后再拨。").await,
        off: say("您好，您拨打的用户已关机，请稍后再拨。").await,
        greeting: say("您好，我现在不方便接听电话，请在提示音后留言。").await,
        hello: say("喂，您好。").await,
        reason: say("我那天出差在外地，想请个假。").await,
        announcements: say("您好，您拨打的电话已停机，请稍后再拨。")
            .await
            .map(|clip| ("suspended".to_owned(), clip))
            .into_iter()
            .collect(),
    }
}
