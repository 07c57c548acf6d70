//! The pacer over real lines against the pacer in the simulation: thirty agents at SIP phones, a predictive task of the real product,
//! and people behind the simulated network who are drawn as `fengling simulate` draws them. `people` is who is called, `wraps` what
//! agents do after a call, `books` what came of it, `virtually` the same under virtual time.

mod books;
mod people;
mod virtually;
mod wraps;

use crate::agents::desks::Desks;
use crate::agents::house::{self, House};
use crate::agents::phones::{Phones, Strangers};
use crate::gauge::{cpu_seconds, figure};
use books::Span;
use carrier::Plan;
use checks::{Scene, quick_campaign, say};
use people::People;
use serde_json::{Value, json};
use simulate::Scenario;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SCENARIO: Scenario = Scenario::S2;
const AGENTS: usize = 30;
const SEED: u64 = 1000;
/// Not counted: the pacer begins one to one and has to learn; so it is in the simulation.
const WARM_UP: Duration = Duration::from_secs(5 * 60);
/// Agents end their wrap-up themselves, long before this.
const WRAP_UP_MS: u32 = 15 * 60_000;
/// A call that found nobody is written down by then: two seconds, and the message.
const WRITTEN: Duration = Duration::from_secs(25);

pub async fn rehearse(minutes: u64) {
    let span = Duration::from_secs(minutes * 60);
    let people = Arc::new(People::draw(SCENARIO, SEED, WARM_UP + span));
    let plan = Plan { numbers: people.profiles(), call_back: 0.0, ..Plan::default() };
    let scene = Scene::open(41_000, plan, "", Some(0)).await;
    let house = Arc::new(house::build(&scene, AGENTS, WRAP_UP_MS).await);
    let phones = Phones::register(scene.process.sip, &house.phones, Strangers::Welcome).await;
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    let _desks = Desks::telling(tell).open(scene.process.http, &house).await;
    tokio::spawn(wraps::end(told, house.clone(), people.clone()));
    let campaign = task(&scene, &house, &people).await;
    scene.client.post(&format!("/campaigns/{}/start", campaign["id"]), json!({})).await;
    say(&format!("{AGENTS} agents, {}: {} s to learn, then {} s", SCENARIO.code(), WARM_UP.as_secs(), span.as_secs()));
    tokio::time::sleep(WARM_UP).await;
    let (seen, cpu) = watch(&scene, &campaign, span).await;
    tokio::time::sleep(WRITTEN).await;
    let real = books::read(&scene, &campaign["id"], &people, seen).await;
    if real.dialled_all {
        say("the numbers ran out: the figures are those of a task that ends");
    }
    real.print(&cpu);
    virtually::compare(&real, WARM_UP, span);
    phones.close().await;
}

/// Predictive, with what the benchmark gives: no limits of lines, and ears that cost no time.
async fn task(scene: &Scene, house: &House, people: &People) -> Value {
    let doc = json!({ "schema": "fengling.flow/1", "name": "bye", "entry": "bye", "nodes": { "bye": { "type": "hangup" } } });
    let change = json!({
        "mode": "predictive", "queue_id": house.queue, "concurrency_max": 1_000, "calls_per_second_max": 200.0,
        "ring_ms_max": 30_000, "amd": { "mode": "off" }, "retry": { "attempts_max": 1, "rules": {}, "no_result": null },
    });
    quick_campaign(scene, doc, &people.numbers(), change).await
}

/// What the machine was asked for meanwhile.
struct Cost {
    /// Of the product and of the load, shares of a core.
    product: f64,
    load: f64,
    dialing_most: u64,
    pacing: Value,
}

/// Lets the time pass that is measured.
async fn watch(scene: &Scene, campaign: &Value, span: Duration) -> (Span, Cost) {
    let path = format!("/campaigns/{}/progress", campaign["id"]);
    let pids = [scene.process.pid(), std::process::id()];
    let (from, began, before) = (books::now(), Instant::now(), pids.map(cpu_seconds));
    let (mut dialing_most, mut pacing) = (0, Value::Null);
    while let Some(left) = span.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        tokio::time::sleep(left.min(Duration::from_secs(5))).await;
        let progress = scene.client.get(&path).await;
        dialing_most = dialing_most.max(progress["dialing"].as_u64().unwrap_or(0));
        pacing = progress["pacing"].clone();
    }
    let (to, seconds, after) = (books::now(), began.elapsed().as_secs_f64(), pids.map(cpu_seconds));
    let [product, load] = [0, 1].map(|i| (after[i] - before[i]) / seconds);
    (Span { from, to }, Cost { product, load, dialing_most, pacing })
}

impl Cost {
    fn print(&self) {
        figure("pacing over SIP, the product's share of a core", self.product * 100.0, "%");
        figure("pacing over SIP, phones' and network's share of a core", self.load * 100.0, "%");
        #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
        let most = self.dialing_most as f64;
        figure("pacing over SIP, calls dialled or ringing at once, most", most, "");
        say(&format!("its own account at the end: {}", self.pacing));
    }
}
