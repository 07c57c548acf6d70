//! `fengling simulate`: the benchmark of the predictive pacer, on all cores; with `--history` a task's own days.

use crate::config::Config;
use crate::history_command::{self, HistoryArgs};
use crate::{Failure, say};
use clap::Args;
use simulate::plot::{self, Series};
use simulate::table::{self, CAP_PERCENT, Cell};
use simulate::{Method, Outcome, Scenario, Setup, Timed};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

#[derive(Args)]
pub struct SimulateArgs {
    /// S1 to S8, several with commas, or all
    #[arg(long, default_value = "S1")]
    scenario: String,
    /// Agents employed, several with commas
    #[arg(long, default_value = "5,10,30,100,300", value_delimiter = ',')]
    agents: Vec<u32>,
    /// Runs of each, with seeds 1000, 1001, …
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// progressive, ratio=<calls per ready agent>, adaptive, predictive, predictive-no-cancel, predictive-unscored and
    /// predictive-learned (S8), oracle-ends, oracle-outcomes; several with commas
    #[arg(long, default_value = "predictive", value_delimiter = ',')]
    pacer: Vec<String>,
    /// Length of a run, hours
    #[arg(long, default_value_t = 24)]
    hours: u32,
    /// Print JSON instead of the table
    #[arg(long)]
    json: bool,
    /// Where table.md, table.json and the plots go
    #[arg(long, default_value = "bench/pacing")]
    out: PathBuf,
    #[command(flatten)]
    history: HistoryArgs,
}

impl SimulateArgs {
    /// Needs the books.
    pub const fn reads_history(&self) -> bool {
        self.history.is_wanted()
    }

    fn methods(&self) -> Result<Vec<Method>, Failure> {
        let read = |s: &String| Method::parse(s.trim()).ok_or_else(|| format!("--pacer: {s} is not known; see --help").into());
        self.pacer.iter().map(read).collect()
    }
}

pub async fn run_history(config: &Config, args: &SimulateArgs) -> Result<(), Failure> {
    history_command::run(config, &args.history, &args.methods()?, args.seeds, args.json).await
}

const SEED_FIRST: u64 = 1000;
const AGENTS_MAX: u32 = 5_000;
const HOURS_MAX: u32 = 24 * 7;

/// One scenario, method and number of agents.
struct Case {
    scenario: Scenario,
    method: Method,
    agents: u32,
    runs: Mutex<Vec<(u64, Outcome, u64)>>,
}

pub fn run(args: &SimulateArgs) -> Result<(), Failure> {
    let cases = cases(args)?;
    simulate_all(&cases, args);
    let cells: Vec<Cell> = cases
        .into_iter()
        .map(|case| {
            let mut runs = case.runs.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            runs.sort_by_key(|(seed, ..)| *seed);
            let runs: Vec<(Outcome, u64)> = runs.into_iter().map(|(_, outcome, ns)| (outcome, ns)).collect();
            Cell::of(case.scenario, &case.method, case.agents, &runs)
        })
        .collect();
    let json = serde_json::to_string_pretty(&cells)?;
    let (table, margins) = (table::markdown(&cells), table::margins(&cells));
    let markdown = if margins.is_empty() { table } else { format!("{table}\n{margins}") };
    print(if args.json { &json } else { &markdown });
    std::fs::create_dir_all(&args.out)?;
    std::fs::write(args.out.join("table.json"), &json)?;
    std::fs::write(args.out.join("table.md"), &markdown)?;
    write_plots(&args.out, &cells)
}

#[expect(clippy::print_stdout, reason = "the result of the command")]
pub fn print(text: &str) {
    println!("{text}");
}

fn cases(args: &SimulateArgs) -> Result<Vec<Case>, Failure> {
    let scenarios = if args.scenario.eq_ignore_ascii_case("all") {
        Scenario::ALL.to_vec()
    } else {
        let read = |s: &str| Scenario::parse(s.trim()).ok_or_else(|| format!("--scenario: {s} is none of S1 to S8 or all"));
        args.scenario.split(',').map(read).collect::<Result<_, _>>()?
    };
    let methods = args.methods()?;
    if args.agents.iter().any(|n| !(1..=AGENTS_MAX).contains(n)) {
        return Err(format!("--agents: 1 to {AGENTS_MAX}").into());
    }
    if !(1..=HOURS_MAX).contains(&args.hours) || args.seeds == 0 {
        return Err(format!("--hours: 1 to {HOURS_MAX}; --seeds: at least 1").into());
    }
    let mut out = Vec::new();
    for scenario in scenarios {
        for method in &methods {
            for agents in &args.agents {
                out.push(Case { scenario, method: *method, agents: *agents, runs: Mutex::default() });
            }
        }
    }
    Ok(out)
}

/// Every seed of every case, each on whichever core is free.
fn simulate_all(cases: &[Case], args: &SimulateArgs) {
    let seeds = usize::try_from(args.seeds).unwrap_or(usize::MAX);
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let began = Instant::now();
    let clock = || u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let work = || {
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(n / seeds) else { return };
            let seed = SEED_FIRST + (n % seeds) as u64;
            let setup = Setup { scenario: case.scenario, agents: case.agents, seed, hours: args.hours };
            let mut method = case.method.make();
            let mut timed = Timed::new(method.as_mut(), &clock);
            let outcome = simulate::run(&setup, &mut timed);
            let ns = timed.total_ns;
            case.runs.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((seed, outcome, ns));
            if (done.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(seeds) {
                let (s, m) = (case.scenario, case.method.name());
                say(&format!(
                    "{} {}: {m}, {} agents, after {:.0} s",
                    s.code(),
                    s.name(),
                    case.agents,
                    began.elapsed().as_secs_f64()
                ));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(work);
        }
    });
}

fn write_plots(out: &Path, cells: &[Cell]) -> Result<(), Failure> {
    for scenario in Scenario::ALL {
        let here: Vec<&Cell> = cells.iter().filter(|c| c.scenario == scenario.code()).collect();
        if here.is_empty() {
            continue;
        }
        let series = |f: fn(&Cell) -> f64, published: fn((f64, f64)) -> f64| {
            let mut all: Vec<Series> = Vec::new();
            let mut add = |name: String, dashed, point: (f64, f64)| match all.iter_mut().find(|s| s.name == name) {
                Some(s) => s.points.push(point),
                None => all.push(Series { name, points: vec![point], dashed }),
            };
            for c in &here {
                add(c.method.clone(), false, (f64::from(c.agents), f(c)));
                if let Some(figures) = c.published {
                    add(format!("{}, published", c.method), true, (f64::from(c.agents), published(figures)));
                }
            }
            all
        };
        let title = |what: &str| format!("{} {}: {what}", scenario.code(), scenario.name());
        let name = |what: &str| out.join(format!("{}-{what}.svg", scenario.code().to_lowercase()));
        let occupancy = series(|c| c.occupancy.mean, |p| p.0);
        std::fs::write(name("occupancy"), plot::lines(&title("occupancy"), "%", &occupancy, None))?;
        let worst = series(|c| c.worst_day, |p| p.1);
        let plot = plot::lines(&title("worst day, abandoned"), "%", &worst, Some((CAP_PERCENT, "cap 3.0 %")));
        std::fs::write(name("abandoned"), plot)?;
    }
    Ok(())
}
