use super::*;
use media::goertzel::rms_db;

#[test]
fn a_described_silence_is_recorded_as_noise() {
    let (pool, events) = pool(32_380, 10, 1);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("noise.wav");
    let mut phone = call(&pool, 1).saying(500);
    pool.record(leg(1), op(1), file.clone(), media::record::Format::PcmWav);
    converse(&mut [&mut phone], 30);
    phone.send(media::comfort::PAYLOAD_TYPE, &[40]);
    // The far end rests: nothing is sent for most of a second.
    std::thread::sleep(Duration::from_millis(800));
    pool.close(leg(1));
    events_until(&events, |e| matches!(e, MediaEvent::Closed { .. }));
    let bytes = std::fs::read(&file).unwrap();
    let mut left = Vec::new();
    media::wav::Wav::parse(&bytes).unwrap().for_each_frame(|f| left.push((f[0] * 32_768.0) as i16));
    let rest = &left[left.len() - 3_200..];
    assert!((rms_db(rest) + 40.0).abs() < 3.0, "{}", rms_db(rest));
    pool.shutdown();
}
