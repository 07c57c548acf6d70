use super::*;

/// splitmix64, as tests need chance.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn chance(&mut self, p: f64) -> bool {
        (self.below(1_000_000) as f64) < p * 1e6
    }
}

const REGIONS: [&str; 10] = ["110000", "120000", "310000", "320000", "330000", "350000", "410000", "440000", "500000", "510000"];

fn truth(lead: &Lead<'_>) -> f64 {
    let region = REGIONS.iter().position(|r| *r == lead.region).unwrap_or(0) as f64;
    let hour = if (18..21).contains(&lead.hour) { 0.9 } else { 0.0 };
    let score = -1.8 + 0.15 * region + hour - 0.5 * f64::from(lead.attempts.min(3));
    1.0 / (1.0 + f64::exp(-score))
}

fn lead(rng: &mut Rng) -> Lead<'static> {
    Lead {
        region: REGIONS[rng.below(10) as usize],
        carrier: ["mobile", "unicom", "telecom"][rng.below(3) as usize],
        hour: 8 + rng.below(13) as u8,
        weekday: 1 + rng.below(7) as u8,
        attempts: rng.below(4) as u32,
        ..Lead::default()
    }
}

fn taught(n: u32) -> (Answers, Rng) {
    let (mut answers, mut rng) = (Answers::default(), Rng(5));
    for _ in 0..n {
        let lead = lead(&mut rng);
        let answered = rng.chance(truth(&lead));
        answers.learn(&lead, answered);
    }
    (answers, rng)
}

#[test]
fn learns_who_answers_when() {
    let (answers, mut rng) = taught(40_000);
    let off: f64 = (0..2_000)
        .map(|_| {
            let lead = lead(&mut rng);
            (answers.probability(&lead) - truth(&lead)).abs()
        })
        .sum();
    assert!(off / 2_000.0 < 0.03, "mean distance {:.3}", off / 2_000.0);
    assert!(answers.calibration().error() < 0.02, "{}", answers.calibration().error());
    assert!(answers.calibration().skill() > 0.05, "{}", answers.calibration().skill());
}

#[test]
fn knows_the_best_hour() {
    let (answers, _) = taught(40_000);
    let lead = Lead { region: "310000", weekday: 3, hour: 10, ..Lead::default() };
    let hours = || (11..21).map(|h| (h, (3, h)));
    let (hour, gain) = answers.better_hour(&lead, hours()).unwrap();
    assert!((18..21).contains(&hour) && gain >= 1.5, "{hour} {gain}");
    assert_eq!(answers.better_hour(&Lead { hour, ..lead }, hours()), None, "it has come");
    assert_eq!(Answers::default().better_hour(&lead, hours()), None, "nothing is known yet");
    let (few, _) = taught(900);
    assert_eq!(few.better_hour(&lead, hours()), None);
}

#[test]
fn says_the_usual_before_it_has_learned() {
    let p = Answers::default().probability(&Lead::default());
    assert!((p - PRIOR).abs() < 1e-9);
}

#[test]
fn follows_a_change_of_habits() {
    let mut answers = Answers::default();
    let mut rng = Rng(9);
    let lead = Lead { region: "310000", hour: 10, weekday: 2, ..Lead::default() };
    (0..60_000).for_each(|_| answers.learn(&lead, rng.chance(0.5)));
    let p = answers.probability(&lead);
    assert!((p - 0.5).abs() < 0.08, "{p}");
    (0..6_000).for_each(|_| answers.learn(&lead, rng.chance(0.1)));
    let p = answers.probability(&lead);
    assert!((p - 0.1).abs() < 0.05, "{p}");
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let (answers, mut rng) = taught(2_000);
    let kept = serde_json::to_string(&answers).unwrap();
    let again: Answers = serde_json::from_str(&kept).unwrap();
    let lead = lead(&mut rng);
    assert!((again.probability(&lead) - answers.probability(&lead)).abs() < 1e-9);
    assert_eq!(again.calibration().total().attempts, 2_000);
}

#[test]
fn classes_grow_with_the_probability() {
    assert_eq!(Answers::class(0.0), 0);
    assert_eq!(Answers::class(0.30), 4);
    assert_eq!(Answers::class(1.0), 9);
    assert_eq!(Answers::class(f64::NAN), 0);
}
