use super::*;

const NOW: At = At(1_790_000_000_000);
/// Some hours before.
const MIDNIGHT: At = At(NOW.0 - 10 * HOUR_MS - NOW.0 % HOUR_MS);
const FREE: Care = Care { interval_ms: 0, rest_after: 0, rest_ms: 1_800_000, per_day_max: 0 };

fn wish(rotation: Rotation, care: Care) -> Wish<'static> {
    Wish { now: NOW, midnight: MIDNIGHT, care, rotation, local_presence: false, region: "", turn: 0, salt: 0 }
}

fn number<'a>(region: &'a str, book: &'a Book) -> Candidate<'a> {
    Candidate { region, usable: true, per_day_max: 0, book: Some(book) }
}

fn book(calls: u32, last: At) -> Book {
    let mut book = Book::default();
    for _ in 0..calls {
        book.shown("a", last, FREE);
    }
    book
}

#[test]
fn in_turn_the_next_that_is_free() {
    let fresh = Book::default();
    let mut pool = [number("", &fresh), number("", &fresh), number("", &fresh)];
    pool[1].usable = false;
    let shown: Vec<Choice> = (0..6).map(|turn| choose(&pool, &Wish { turn, ..wish(Rotation::Turn, FREE) })).collect();
    assert_eq!(shown, [0, 2, 2, 0, 2, 2].map(Choice::Show));
    assert_eq!(choose(&[], &wish(Rotation::Turn, FREE)), Choice::Nothing);
}

#[test]
fn the_least_used_by_the_day_then_the_one_longest_left_alone() {
    let books = [book(3, NOW.plus_ms(-5_000)), book(1, NOW.plus_ms(-1_000)), book(1, NOW.plus_ms(-9_000))];
    let pool = [number("", &books[0]), number("", &books[1]), number("", &books[2])];
    assert_eq!(choose(&pool, &wish(Rotation::LeastUsed, FREE)), Choice::Show(2));
}

#[test]
fn at_random_all_have_their_share() {
    let fresh = Book::default();
    let pool = [number("", &fresh); 4];
    let mut shown = [0; 4];
    for salt in 0..4_000 {
        let Choice::Show(i) = choose(&pool, &Wish { salt, ..wish(Rotation::Random, FREE) }) else { panic!("nothing shown") };
        shown[i] += 1;
    }
    assert!(shown.iter().all(|n| (850..1_150).contains(n)), "{shown:?}");
}

#[test]
fn a_number_of_the_city_then_of_the_province_while_it_is_free() {
    let fresh = Book::default();
    let resting = {
        let mut book = Book::default();
        book.shown("a", NOW, Care { rest_after: 1, ..FREE });
        book
    };
    let local = |pool: &[Candidate<'_>], region| {
        choose(pool, &Wish { local_presence: true, region, ..wish(Rotation::Turn, Care { rest_after: 1, ..FREE }) })
    };
    let pool = [number("北京市", &fresh), number("山东省青岛市", &fresh), number("山东省济南市", &fresh)];
    assert_eq!(local(&pool, "山东省济南市"), Choice::Show(2), "the city");
    assert_eq!(local(&pool, "山东省烟台市"), Choice::Show(1), "the province");
    assert_eq!(local(&pool, "四川省成都市"), Choice::Show(0), "neither");
    assert_eq!(local(&pool, ""), Choice::Show(0), "not known");
    let tired = [number("北京市", &fresh), number("山东省青岛市", &fresh), number("山东省济南市", &resting)];
    assert_eq!(local(&tired, "山东省济南市"), Choice::Show(1), "the city's rests");
}

#[test]
fn an_interval_lies_between_two_calls() {
    let care = Care { interval_ms: 30_000, ..FREE };
    let books = [book(1, NOW.plus_ms(-10_000)), book(1, NOW.plus_ms(-20_000))];
    let pool = [number("", &books[0]), number("", &books[1])];
    assert_eq!(choose(&pool, &wish(Rotation::Turn, care)), Choice::Wait(NOW.plus_ms(10_000)));
    let later = Wish { now: NOW.plus_ms(10_000), ..wish(Rotation::Turn, care) };
    assert_eq!(choose(&pool, &later), Choice::Show(1));
}

#[test]
fn a_number_rests_after_a_run_and_has_rested_when_left_alone() {
    let care = Care { rest_after: 3, rest_ms: 600_000, ..FREE };
    let mut book = Book::default();
    assert_eq!(book.shown("a", NOW, care).run, 1);
    assert_eq!(book.shown("a", NOW.plus_ms(1_000), care).run, 2);
    let third = book.shown("a", NOW.plus_ms(2_000), care);
    assert_eq!((third.run, third.rest_until), (0, NOW.plus_ms(602_000)));
    assert_eq!(book.resting(NOW.plus_ms(3_000)), Some(NOW.plus_ms(602_000)));
    let pool = [number("", &book)];
    let at = |now| choose(&pool, &Wish { now, ..wish(Rotation::Turn, care) });
    assert_eq!(at(NOW.plus_ms(3_000)), Choice::Wait(NOW.plus_ms(602_000)));
    assert_eq!(at(NOW.plus_ms(602_000)), Choice::Show(0));
    let mut idle = Book::default();
    idle.shown("a", NOW, care);
    idle.shown("a", NOW.plus_ms(1_000), care);
    assert_eq!(idle.shown("a", NOW.plus_ms(700_000), care).run, 1, "ten minutes of silence are a rest");
}

#[test]
fn a_rest_outlives_the_process_and_a_clock_set_back_does_not_prolong_it() {
    let care = Care { rest_after: 1, rest_ms: 600_000, ..FREE };
    let mut before = Book::default();
    let used = before.shown("a", NOW, care);
    let mut after = Book::default();
    after
        .load(&[CallerIdHour { caller_id: "a".into(), hour: NOW.0 / HOUR_MS, calls: 1, ..CallerIdHour::default() }], Some(&used));
    assert_eq!(after, before);
    let pool = [number("", &after)];
    let back = Wish { now: NOW.plus_ms(-10 * HOUR_MS), ..wish(Rotation::Turn, care) };
    assert_eq!(choose(&pool, &back), Choice::Wait(NOW.plus_ms(-10 * HOUR_MS + 600_000)));
}

#[test]
fn caps_of_the_day_hold_and_end_with_it() {
    let books = [book(5, NOW), book(4, NOW)];
    let pool = [number("", &books[0]), number("", &books[1])];
    let care = Care { per_day_max: 5, ..FREE };
    assert_eq!(choose(&pool, &wish(Rotation::Turn, care)), Choice::Show(1));
    let own = [Candidate { per_day_max: 4, ..pool[1] }];
    assert_eq!(choose(&own, &wish(Rotation::Turn, care)), Choice::Nothing, "its own cap is lower");
    let tomorrow =
        Wish { now: NOW.plus_ms(24 * HOUR_MS), midnight: MIDNIGHT.plus_ms(24 * HOUR_MS), ..wish(Rotation::Turn, care) };
    assert_eq!(choose(&own, &tomorrow), Choice::Show(0));
}

#[test]
fn the_stricter_care_counts() {
    let tenant =
        Compliance { caller_id_interval_s: 10, caller_id_rest_after: 50, caller_id_rest_min: 5, ..Compliance::default() };
    let task = DialRules { caller_id_interval_s: 5, caller_id_rest_after: 20, caller_id_rest_min: 60, ..DialRules::default() };
    let want = Care { interval_ms: 10_000, rest_after: 20, rest_ms: 3_600_000, per_day_max: 0 };
    assert_eq!(Care::of(&tenant, &task), want);
}

#[test]
fn flagged_after_refusals_and_far_fewer_answers() {
    let rules = Compliance::default();
    let day = |calls, answered, refused| Day { calls, answered, refused };
    let reason = |own, others| judge(own, others, &rules).map(|v| v.reason);
    assert_eq!(reason(day(9, 0, 2), Day::default()), None);
    assert_eq!(reason(day(9, 0, 3), Day::default()), Some(FlagReason::Refused), "the third in a day");
    assert_eq!(reason(day(4_000, 900, 3), Day::default()), None, "three of four thousand");
    assert_eq!(reason(day(200, 10, 0), day(600, 180, 0)), Some(FlagReason::LowAnswer));
    assert_eq!(reason(day(200, 40, 0), day(600, 180, 0)), None, "fewer, but not so few");
    assert_eq!(reason(day(60, 0, 0), day(600, 180, 0)), None, "too few calls to tell");
    assert_eq!(reason(day(200, 0, 0), day(30, 30, 0)), None, "nothing to compare with");
    let never = Compliance { flag_after_refusals: 0, flag_below_percent: 0, ..Compliance::default() };
    assert_eq!(judge(day(500, 0, 9), day(500, 400, 0), &never), None);
}

#[test]
fn a_lifted_flag_does_not_come_back_for_the_same_calls() {
    let mut book = book(300, NOW);
    book.ended(NOW, Disposition::Unwanted);
    book.forgive();
    let day = book.day(NOW);
    assert_eq!(judge(day, Day { calls: 300, answered: 90, refused: 0 }, &Compliance::default()), None);
}
