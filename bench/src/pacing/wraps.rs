//! What agents do after a call: they write it up for as long as was drawn for it, and say that they are ready.

use super::people::People;
use crate::agents::house::House;
use checks::say;
use model::At;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// Until nobody tells what desks show any more.
pub async fn end(mut told: UnboundedReceiver<(i64, Value)>, house: Arc<House>, people: Arc<People>) {
    let place: HashMap<i64, usize> = (0..).zip(&house.agents).map(|(n, agent)| (*agent, n)).collect();
    // The wrap-up each is in, by when it began: a desk is shown more than once meanwhile.
    let mut wraps: HashMap<i64, At> = HashMap::new();
    while let Some((agent, view)) = told.recv().await {
        let Ok(since) = serde_json::from_value::<At>(view["agent"]["since"].clone()) else { continue };
        if view["agent"]["state"] != "wrap_up" || wraps.insert(agent, since) == Some(since) {
            continue;
        }
        let number = view["call"]["number"].as_str().unwrap_or_default();
        let talk = people.talk(number);
        if talk.is_none() {
            say(&format!("an agent talked to {number:?}, who was not to be reached"));
        }
        let until = since.plus_ms(talk.map_or(0, |t| t.wrap_ms));
        let (house, n) = (house.clone(), place.get(&agent).copied().unwrap_or(0));
        tokio::spawn(async move {
            let left = u64::try_from(until.since_ms(super::books::now())).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(left)).await;
            house.people[n].post("/desk/commands", json!({ "do": "ready" })).await;
        });
    }
}
