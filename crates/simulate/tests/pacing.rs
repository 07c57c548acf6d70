//! The pacer against its published row, with few seeds and hours: `fengling simulate` has the whole table.

use simulate::{Estimate, Knows, Method, Outcome, Predictive, Scenario, Scores, Setup, run, run_over_acd, run_span};

fn outcomes(scenario: Scenario, method: Method, agents: u32, hours: u32, seeds: u64) -> Vec<Outcome> {
    (0..seeds).map(|k| run(&Setup { scenario, agents, seed: 1000 + k, hours }, method.make().as_mut())).collect()
}

/// `slack`: three standard errors of so few hours, and what the cold start costs of them.
fn holds(scenario: Scenario, agents: u32, hours: u32, seeds: u64, slack: f64) {
    let outcomes = outcomes(scenario, Method::Predictive, agents, hours, seeds);
    let occupancy = Estimate::of(outcomes.iter().map(Outcome::occupancy_percent));
    let row = Method::Predictive.published(scenario, agents).unwrap().0;
    let name = scenario.code();
    assert!(occupancy.mean > row - slack, "{name}, {agents} agents: {:.2} % where {row} % was published", occupancy.mean);
    for (k, outcome) in outcomes.iter().enumerate() {
        let abandoned = outcome.abandoned_percent();
        assert!(abandoned <= 3.0, "{name}, {agents} agents, seed {}: {abandoned:.2} % abandoned", 1000 + k);
    }
}

#[test]
fn ten_agents_reach_the_row() {
    holds(Scenario::S1, 10, 8, 4, 1.0);
}

#[test]
fn thirty_agents_reach_the_row() {
    holds(Scenario::S1, 30, 6, 3, 0.6);
}

#[test]
fn shocks_and_churn_are_borne() {
    holds(Scenario::S5, 30, 6, 1, 0.7);
    holds(Scenario::S6, 30, 6, 1, 0.9);
}

#[test]
fn knowing_who_answers_pays_and_can_be_learned() {
    let mean = |method| {
        let outcomes = outcomes(Scenario::S8, method, 10, 6, 3);
        Estimate::of(outcomes.iter().map(Outcome::occupancy_percent)).mean
    };
    let (unscored, learned) = (mean(Method::PredictiveUnscored), mean(Method::PredictiveLearned));
    assert!(learned > unscored + 0.2, "learned {learned:.2}, unscored {unscored:.2}");
}

#[test]
fn the_world_is_the_published_one() {
    // One call per ready agent has no method in it: where it lands tells the world.
    for agents in [10, 30] {
        let outcomes = outcomes(Scenario::S1, Method::Progressive, agents, 24, 3);
        let occupancy = Estimate::of(outcomes.iter().map(Outcome::occupancy_percent)).mean;
        assert!((occupancy - 67.7).abs() < 0.7, "{agents} agents: {occupancy:.2}");
        assert!(outcomes.iter().all(|o| o.abandoned_percent() == 0.0));
    }
}

#[test]
fn the_same_seed_gives_the_same_day() {
    let again = || outcomes(Scenario::S6, Method::Predictive, 10, 2, 1);
    assert_eq!(again(), again());
}

#[test]
fn thin_routing_is_that_of_the_acd() {
    for (scenario, agents) in [(Scenario::S1, 10), (Scenario::S6, 20), (Scenario::S2, 5)] {
        for method in [Method::Progressive, Method::Ratio(3.0), Method::Predictive] {
            let setup = Setup { scenario, agents, seed: 1000, hours: 5 };
            let thin = run(&setup, method.make().as_mut());
            let product = run_over_acd(&setup, method.make().as_mut());
            assert_eq!(thin, product, "{} {} {agents}", scenario.code(), method.name());
        }
    }
}

#[test]
fn a_pacer_resumed_from_its_state_needs_no_second_start() {
    use dialer::pacer::{Pacer, Settings, State};
    let setup = |seed, hours| Setup { scenario: Scenario::S1, agents: 10, seed, hours };
    let mut first = Predictive::new(Settings::default(), Knows::Nothing, Scores::None);
    run(&setup(1000, 6), &mut first);
    let kept = serde_json::to_string(first.pacer.state()).unwrap();
    let state: State = serde_json::from_str(&kept).unwrap();
    let warm = |seed| {
        let mut resumed = Predictive::new(Settings::default(), Knows::Nothing, Scores::None);
        resumed.pacer = Pacer::resume(Settings::default(), state.clone());
        run(&setup(seed, 1), &mut resumed).occupancy_percent()
    };
    let cold = |seed| run(&setup(seed, 1), Method::Predictive.make().as_mut()).occupancy_percent();
    let gain = (0..6).map(|k| warm(2000 + k) - cold(2000 + k)).sum::<f64>() / 6.0;
    assert!(gain > 0.0, "in the first hour: {gain:.2} points");
}

#[test]
fn a_span_is_a_part_of_the_run() {
    let setup = Setup { scenario: Scenario::S2, agents: 10, seed: 1000, hours: 2 };
    let (whole, hour) = (run(&setup, Method::Predictive.make().as_mut()), 3_600_000);
    let part = |from, ms| run_span(&setup, from, ms, Method::Predictive.make().as_mut());
    let (first, second) = (part(0, hour), part(hour, hour));
    assert_eq!(part(0, 2 * hour), whole);
    assert_eq!(first.attempts + second.attempts, whole.attempts);
    assert!((first.busy_s + second.busy_s - whole.busy_s).abs() < 1.0, "{} {} {}", first.busy_s, second.busy_s, whole.busy_s);
    assert_eq!(second.signed_in_s, 36_000.0);
    assert!(second.occupancy_percent() > first.occupancy_percent(), "the cold start is in the first");
}
