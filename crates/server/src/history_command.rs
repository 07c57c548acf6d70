//! `fengling simulate --history`: a task's own days, replayed under other settings. Reads the books and writes nothing.

use crate::config::Config;
use crate::people::tenant_of;
use crate::simulate_command::print;
use crate::{Failure, say};
use clap::Args;
use model::calendar::midnight;
use model::record::{Campaign, Closeness, DialMode, Figure, Missing, WhatIfFigures, WhatIfResult, WhatIfVariant};
use model::{At, CampaignId};
use simulate::Method;
use simulate::history::{as_it_was, is_replayed, missing, what_if};
use std::fmt::Write as _;
use store::{Store, StoreConfig};

const DAYS_MAX: u16 = 31;
const DAY_MS: i64 = 24 * 3_600_000;
const RUNS_MAX: u64 = 100;

#[derive(Args)]
pub struct HistoryArgs {
    /// Replay past days of this task instead (its number in the page's address): as it was, then with each --pacer. The database is
    /// that of --config
    #[arg(long, value_name = "TASK")]
    history: Option<i64>,
    /// With --history: code of the tenant; needed when there are several
    #[arg(long, requires = "history")]
    tenant: Option<String>,
    /// With --history: so many days before today
    #[arg(long, requires = "history", default_value_t = 1)]
    days: u16,
    /// With --history: agents more (or fewer, below 0) than there were
    #[arg(long, requires = "history", default_value_t = 0, allow_negative_numbers = true)]
    agents_change: i32,
    /// With --history: nobody wraps up for longer, s
    #[arg(long, requires = "history")]
    wrap_up_s_max: Option<u32>,
}

impl HistoryArgs {
    pub const fn is_wanted(&self) -> bool {
        self.history.is_some()
    }
}

pub async fn run(config: &Config, args: &HistoryArgs, methods: &[Method], seeds: u64, json: bool) -> Result<(), Failure> {
    let id = CampaignId(args.history.unwrap_or_default());
    if !(1..=DAYS_MAX).contains(&args.days) || !(1..=RUNS_MAX).contains(&seeds) {
        return Err(format!("--days: 1 to {DAYS_MAX}; --seeds: 1 to {RUNS_MAX}").into());
    }
    // Not `open`: a running product's books are not migrated by a reader.
    let store = Store::connect(StoreConfig::new(config.database_url(), &config.data_dir)).await?;
    let tenant = tenant_of(&store, args.tenant.as_deref()).await?;
    let campaign = store.campaign(tenant, id).await?.ok_or_else(|| format!("--history: the tenant has no task {id}"))?;
    if !is_replayed(campaign.mode) {
        return Err(
            format!("task {id} is {}; only progressive, power and predictive can be replayed", campaign.mode.code()).into()
        );
    }
    let variants = methods.iter().map(|m| variant(&campaign, args, m)).collect::<Result<Vec<_>, Failure>>()?;
    let until = midnight(desk::now(), model::number::HOME_ZONE);
    let history = store.history(tenant, id, At(until.ms() - i64::from(args.days) * DAY_MS), until).await?;
    let lacking = missing(&history);
    if !lacking.is_empty() {
        return Err(format!("too little history: {}", lacking.iter().map(lack).collect::<Vec<_>>().join(", ")).into());
    }
    let mut told = |done, total| say(&format!("{done} of {total} replays"));
    let runs = u32::try_from(seeds).unwrap_or(1);
    let Some(result) = what_if(&history, &campaign, &variants, runs, &|| false, &mut told) else {
        return Err("nothing was replayed".into());
    };
    print(&if json { serde_json::to_string_pretty(&result)? } else { table(&result, &variants) });
    Ok(())
}

fn lack(m: &Missing) -> String {
    format!("{} {} of {}", m.have, m.part.code(), m.need)
}

fn variant(campaign: &Campaign, args: &HistoryArgs, method: &Method) -> Result<WhatIfVariant, Failure> {
    let mut v = WhatIfVariant {
        agents_change: args.agents_change,
        wrap_up_ms_max: args.wrap_up_s_max.map(|s| s.saturating_mul(1_000)),
        ..as_it_was(campaign)
    };
    match method {
        Method::Progressive => v.mode = DialMode::Progressive,
        Method::Ratio(ratio) => (v.mode, v.pacing.ratio) = (DialMode::Power, *ratio),
        Method::Predictive => {
            v.mode = DialMode::Predictive;
            v.pacing.cancel_ms_min = v.pacing.cancel_ms_min.or(Some(15_000));
        }
        Method::PredictiveNoCancel => (v.mode, v.pacing.cancel_ms_min) = (DialMode::Predictive, None),
        other => return Err(format!("--pacer: {} is of the benchmark; it cannot be set for a task", other.name()).into()),
    }
    Ok(v)
}

fn table(result: &WhatIfResult, variants: &[WhatIfVariant]) -> String {
    let mut out = String::from(
        "| settings | occupancy % | abandoned % | wait s | talks | talks/agent h | dials | given up | |\n|---|---:|---:|---:|---:|---:|---:|---:|---|\n",
    );
    row(&mut out, "measured", &result.measured, false);
    row(&mut out, "the same, replayed", &result.as_was, result.best == Some(0));
    for (n, (v, figures)) in (1..).zip(variants.iter().zip(&result.variants)) {
        let name = match v.mode {
            DialMode::Power => format!("power {}", v.pacing.ratio),
            DialMode::Predictive if v.pacing.cancel_ms_min.is_none() => "predictive, no cancel".to_owned(),
            mode => mode.code().to_owned(),
        };
        row(&mut out, &name, figures, result.best == Some(n));
    }
    let closeness = match result.closeness {
        Closeness::Good => "the replay comes close to what was",
        Closeness::Fair => "the replay comes roughly to what was",
        Closeness::Poor => "the replay is far from what was: do not rely on it",
    };
    let notes: String = result.notes.iter().map(|n| format!("; {}", n.code())).collect();
    // Writing to a String cannot fail, here and below.
    let _ = write!(out, "\n{} runs of each, ± is the 95 % interval; {closeness}{notes}", result.runs);
    out
}

fn row(out: &mut String, name: &str, f: &WhatIfFigures, best: bool) {
    let shown = |v: Figure, digits: usize| {
        if v.half > 0.0 { format!("{:.digits$} ± {:.digits$}", v.mean, v.half) } else { format!("{:.digits$}", v.mean) }
    };
    let mark = match (best, f.allowed) {
        (true, _) => "best",
        (_, true) => "",
        _ => "over the cap",
    };
    let _ = writeln!(
        out,
        "| {name} | {} | {} | {} | {} | {} | {} | {} | {mark} |",
        shown(f.occupancy, 1),
        shown(f.abandoned, 2),
        shown(f.wait_s, 2),
        shown(f.talks, 0),
        shown(f.talks_per_hour, 1),
        shown(f.dials, 0),
        shown(f.given_up, 0)
    );
}
