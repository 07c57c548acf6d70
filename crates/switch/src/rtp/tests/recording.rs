use super::{super::repair_recordings, *};
use media::wav::Wav;
use model::telephony::Clip;
use std::{fs, path::Path};

/// Left and right as samples.
fn channels(file: &Path) -> [Vec<i16>; 2] {
    let bytes = fs::read(file).unwrap();
    let wav = Wav::parse(&bytes).unwrap();
    let mut out = [Vec::new(), Vec::new()];
    wav.for_each_frame(|f| {
        out[0].push((f[0] * 32_768.0) as i16);
        out[1].push((f[1] * 32_768.0) as i16);
    });
    out
}

#[test]
fn left_is_the_far_end_right_is_what_it_hears_and_closing_tells_all_in_order() {
    let (pool, events) = pool(32_200, 10, 1);
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("deep/one.wav"), dir.path().join("two.wav"));
    let mut phone = call(&pool, 1).saying(500);
    pool.play(leg(1), op(1), vec![Clip::Tone { hz: 1_500, ms: 60_000 }]);
    pool.record(leg(1), op(2), one.clone(), media::record::Format::AlawWav);
    converse(&mut [&mut phone], 30);
    pool.record(leg(1), op(3), two.clone(), media::record::Format::AlawWav);
    converse(&mut [&mut phone], 70);
    pool.stop_record(leg(1), op(2));
    converse(&mut [&mut phone], 25);
    pool.close(leg(1));
    let got = events_until(&events, |e| matches!(e, MediaEvent::Closed { .. }));
    let done: Vec<(i64, u32)> = got
        .iter()
        .filter_map(|e| match e {
            MediaEvent::RecordDone { op, path, duration_ms, bytes, peaks, .. } => {
                assert_eq!(fs::metadata(path).unwrap().len(), *bytes);
                assert!(peaks.points.iter().any(|p| *p > 30));
                Some((op.0, *duration_ms))
            }
            _ => None,
        })
        .collect();
    assert_eq!(done.iter().map(|d| d.0).collect::<Vec<_>>(), [2, 3]);
    assert!((1_900..2_150).contains(&done[0].1) && (1_800..2_050).contains(&done[1].1), "{done:?}");
    let Some(MediaEvent::Closed { stats, .. }) = got.last() else { panic!("Closed is last") };
    assert_eq!(stats.codec.as_deref(), Some("PCMA"));
    assert_eq!((stats.packets_received, stats.packets_lost, stats.packets_discarded), (125, 0, 0));
    assert!(stats.packets_sent >= 120);
    for file in [&one, &two] {
        let [left, right] = channels(file);
        assert!(level(&left, 500) > -13.0 && level(&left, 1_500) < -35.0);
        assert!(level(&right, 1_500) > -13.0 && level(&right, 500) < -35.0);
    }
    pool.shutdown();
}

#[test]
fn a_recorded_bridge_has_each_side_in_its_channel() {
    let (pool, events) = pool(32_210, 10, 2);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bridge.wav");
    let (mut a, mut b) = (call(&pool, 1).saying(500), call(&pool, 2).saying(900));
    pool.bridge(leg(1), leg(2));
    pool.record(leg(1), op(1), file.clone(), media::record::Format::AlawWav);
    let heard = converse(&mut [&mut a, &mut b], 80);
    assert!(level(&pcm(&heard[1], Law::A), 500) > -13.0, "still heard while recorded");
    pool.stop_record(leg(1), op(1));
    events_until(&events, |e| matches!(e, MediaEvent::RecordDone { .. }));
    let [left, right] = channels(&file);
    assert!(level(&left, 500) > -13.0 && level(&left, 900) < -35.0);
    assert!(level(&right, 900) > -13.0 && level(&right, 500) < -35.0);
    pool.shutdown();
}

#[test]
fn a_file_cut_off_by_a_kill_is_playable_at_once_and_whole_after_repair() {
    let (pool, _events) = pool(32_220, 10, 1);
    let dir = tempfile::tempdir().unwrap();
    let (live, killed) = (dir.path().join("live.wav"), dir.path().join("sub/killed.wav"));
    fs::create_dir(dir.path().join("sub")).unwrap();
    let mut phone = call(&pool, 1).saying(500);
    pool.record(leg(1), op(1), live.clone(), media::record::Format::AlawWav);
    converse(&mut [&mut phone], 130);
    // What a killed process leaves is what the file holds now, and perhaps half a moment.
    let mut bytes = fs::read(&live).unwrap();
    bytes.push(0x55);
    fs::write(&killed, &bytes).unwrap();
    let whole_ms = (bytes.len() - 58) / 16;
    assert!(whole_ms >= 2_600 - 500, "at most half a second is under way: {whole_ms}");
    let claimed = u32::from_le_bytes(bytes[54..58].try_into().unwrap()) as usize / 16;
    assert!(claimed + 1_000 >= whole_ms && claimed <= whole_ms, "{claimed} of {whole_ms} ms are in the header");
    // The live file's header may be a second behind as well: it is mended here just as at start-up.
    let mended = repair_recordings(dir.path()).unwrap();
    assert!(mended.contains(&killed));
    let [left, _] = channels(&killed);
    assert_eq!(left.len() / 8, whole_ms);
    assert!(level(&left, 500) > -13.0);
    assert!(!repair_recordings(dir.path()).unwrap().contains(&killed), "once is enough");
    pool.shutdown();
    let [left, _] = channels(&live);
    assert!(left.len() / 8 >= 2_560, "shutdown finishes the file: {}", left.len() / 8);
}

#[test]
fn a_full_disk_is_reported_and_the_call_goes_on() {
    let (pool, events) = pool(32_230, 10, 1);
    let mut phone = call(&pool, 1);
    pool.record(leg(1), op(1), "/dev/full".into(), media::record::Format::AlawWav);
    pool.record(leg(1), op(2), "/proc/nowhere/x.wav".into(), media::record::Format::AlawWav);
    let mut failed = Vec::new();
    while failed.len() < 2 {
        for e in events_until(&events, |e| matches!(e, MediaEvent::RecordFailed { .. })) {
            if let MediaEvent::RecordFailed { op, reason, .. } = e {
                assert!(!reason.is_empty());
                failed.push(op.0);
            }
        }
    }
    assert_eq!(failed, [1, 2]);
    let heard = converse(&mut [&mut phone], 30);
    assert!(heard[0].len() > 25);
    pool.close(leg(1));
    events_until(&events, |e| matches!(e, MediaEvent::Closed { .. }));
    pool.shutdown();
}

/// Two recordings, the first into a pipe that nobody reads, which blocks as a dead disk does.
fn stalled(pool: &MediaPool, dir: &std::path::Path) -> std::path::PathBuf {
    let fifo = dir.join("stall.wav");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    pool.record(leg(1), op(1), fifo.clone(), media::record::Format::AlawWav);
    pool.record(leg(1), op(2), dir.join("behind.wav"), media::record::Format::AlawWav);
    fifo
}

#[test]
fn a_disk_that_stalls_for_ten_seconds_costs_nothing() {
    let (pool, events) = pool(32_280, 10, 1);
    let dir = tempfile::tempdir().unwrap();
    let mut phone = call(&pool, 1).saying(500);
    let fifo = stalled(&pool, dir.path());
    let heard = converse(&mut [&mut phone], 510);
    assert!(heard[0].len() >= 500, "ten seconds of packets went on: {}", heard[0].len());
    let reader = std::thread::spawn(move || fs::read(fifo));
    pool.stop_record(leg(1), op(2));
    let seen = events_until(&events, |e| matches!(e, MediaEvent::RecordDone { op: OpId(2), .. }));
    // The pipe itself cannot be written to at a place of one's choice; the recording behind it can.
    assert!(!seen.iter().any(|e| matches!(e, MediaEvent::RecordFailed { op: OpId(2), .. })));
    assert_eq!(pool.counters().record_blocks_dropped, 0);
    let [left, _] = channels(&dir.path().join("behind.wav"));
    assert!(left.len() >= 8 * 9_900 && level(&left, 500) > -13.0, "{}", left.len());
    pool.shutdown();
    reader.join().unwrap().unwrap();
}

#[test]
fn a_disk_that_stalls_for_longer_ends_the_recording_and_nothing_else() {
    let (pool, events) = pool(32_240, 10, 1);
    let dir = tempfile::tempdir().unwrap();
    let mut phone = call(&pool, 1).saying(500);
    let fifo = stalled(&pool, dir.path());
    let heard = converse(&mut [&mut phone], 650);
    assert!(heard[0].len() >= 640, "thirteen seconds of packets went on: {}", heard[0].len());
    let late: Vec<i64> =
        events.try_iter().filter_map(|e| if let MediaEvent::RecordFailed { op, .. } = e { Some(op.0) } else { None }).collect();
    assert_eq!(late, [1, 2]);
    assert!(pool.counters().record_blocks_dropped >= 2);
    let reader = std::thread::spawn(move || fs::read(fifo));
    events_until(&events, |e| matches!(e, MediaEvent::RecordDone { op: OpId(2), .. }));
    let [left, _] = channels(&dir.path().join("behind.wav"));
    assert!(left.len() >= 8 * 11_900 && level(&left, 500) > -13.0, "the first twelve seconds are there");
    pool.shutdown();
    reader.join().unwrap().unwrap();
}

#[test]
fn every_format_is_written_and_a_killed_one_is_mended_to_the_last_second() {
    use media::record::Format;
    let (pool, events) = pool(32_320, 10, 1);
    let dir = tempfile::tempdir().unwrap();
    let mut phone = call(&pool, 1).saying(500);
    let path = |f: Format| dir.path().join(format!("{f:?}.{}", f.layout().extension));
    for (i, format) in Format::ALL.into_iter().enumerate() {
        pool.record(leg(1), op(i as i64), path(format), format);
    }
    converse(&mut [&mut phone], 150);
    // What a kill leaves: the file as it is now, with whatever its header says.
    let killed = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        fs::copy(path(format), killed.path().join(path(format).file_name().unwrap())).unwrap();
    }
    pool.close(leg(1));
    let seen = events_until(&events, |e| matches!(e, MediaEvent::Closed { .. }));
    let done = seen.iter().filter(|e| matches!(e, MediaEvent::RecordDone { duration_ms: 2_900..=3_100, .. })).count();
    assert_eq!(done, Format::ALL.len());
    repair_recordings(killed.path()).unwrap();
    for format in Format::ALL {
        let file = path(format);
        assert!(file.with_extension("peaks").exists(), "{format:?} has its outline beside it");
        for (file, least_ms) in [(killed.path().join(file.file_name().unwrap()), 2_000), (file, 2_900)] {
            let bytes = fs::read(&file).unwrap();
            let layout = format.layout();
            assert_eq!(Format::of_file(layout.extension, &bytes), Some(format));
            assert_eq!(bytes[..layout.header_len()], layout.header(layout.sound_octets(bytes.len() as u64)), "{format:?}");
            assert!(layout.duration_ms(bytes.len() as u64) >= least_ms, "{format:?}");
            let mut out = Vec::new();
            let sound = layout.sound_octets(bytes.len() as u64) as usize;
            format.decoder().decode(&bytes[layout.header_len()..][..sound], &mut out);
            let left: Vec<i16> = out.into_iter().step_by(usize::from(layout.channels)).collect();
            // In one channel each party is 6 dB quieter.
            assert!(level(&left[left.len() / 2..], 500) > -21.0, "{format:?}: {}", level(&left, 500));
        }
    }
    pool.shutdown();
}
