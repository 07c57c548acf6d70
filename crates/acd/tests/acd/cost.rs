//! What a decision costs with 300 agents and 1,000 who wait.

use crate::house::{agent, ask, member, queue};
use acd::{Acd, Ask, Input, Limits};
use model::record::{Need, Seat, Strategy};
use model::{AgentId, AgentSessionId, At, CallId, ExtensionId, QueueId, SkillId};
use std::sync::Arc;
use std::time::Instant;

const QUEUES: i64 = 20;
const AGENTS: i64 = 300;
/// So that 1,000 still wait when every agent has somebody.
const WAITING: i64 = 1_500;

fn give(acd: &mut Acd, now: At, input: Input) -> usize {
    acd.handle(now, input).unwrap();
    std::iter::from_fn(|| acd.poll_output()).count()
}

/// Each agent in five queues with three skills; callers who need one of them.
fn full() -> (Acd, At) {
    let (mut acd, now) = (Acd::new(Limits::default()), At(1_795_485_600_000));
    for a in 1..=AGENTS {
        let skills: Vec<(i64, u8)> = (0..3).map(|k| (1 + (a + k) % 10, 1 + (a % 10) as u8)).collect();
        give(&mut acd, now, Input::Agent(Arc::new(agent(a, &skills))));
    }
    for q in 1..=QUEUES {
        let mut record = queue(q);
        record.capacity = 10_000;
        record.strategy = Strategy::ALL[q as usize % Strategy::ALL.len()];
        give(&mut acd, now, Input::Queue(Arc::new(record)));
        let members = (1..=AGENTS).filter(|a| (a + q) % 4 == 0).map(|a| member(q, a)).collect();
        give(&mut acd, now, Input::Members { queue: QueueId(q), members });
    }
    for n in 1..=WAITING {
        let needs = vec![Need { skill: SkillId(1 + n / QUEUES % 10), level_min: 3 }];
        let call = Ask { queue: QueueId(1 + n % QUEUES), needs, ..ask(n) };
        give(&mut acd, now.plus_ms(n), Input::Enqueue(Box::new(call)));
    }
    (acd, now.plus_ms(WAITING))
}

#[test]
fn a_decision_with_300_agents_and_1000_waiting() {
    let (mut acd, mut now) = full();
    for a in 1..=AGENTS {
        let seat = Seat::Browser { extension: ExtensionId(a) };
        let input = Input::SignIn { agent: AgentId(a), session: AgentSessionId(a), seat, ready: true };
        give(&mut acd, now, input);
    }
    let mut spent = [[0u128; 3]; 3];
    let mut call = WAITING;
    let mut least = u32::MAX;
    for round in 0..20_000i64 {
        now = now.plus_ms(10);
        let a = AgentId(1 + round % AGENTS);
        let Some(reservation) = acd.agent(a).and_then(|a| a.reservation) else { continue };
        call += 1;
        let needs = vec![Need { skill: SkillId(1 + call / QUEUES % 10), level_min: 3 }];
        let next = Ask { queue: QueueId(1 + call % QUEUES), call: Some(CallId(call)), needs, ..ask(call) };
        let inputs = [Input::Enqueue(Box::new(next)), Input::Answered { reservation }, Input::Done { reservation }];
        for (input, [count, sum, worst]) in inputs.into_iter().zip(&mut spent) {
            let began = Instant::now();
            acd.handle(now, input).unwrap();
            let took = began.elapsed().as_nanos();
            while acd.poll_output().is_some() {}
            (*count, *sum, *worst) = (*count + 1, *sum + took, took.max(*worst));
        }
        least = least.min(acd.queues().map(|q| q.waiting).sum());
    }
    println!("{AGENTS} agents, never fewer than {least} waiting");
    for (what, [count, sum, worst]) in ["a caller comes", "an agent answers", "an agent is free"].into_iter().zip(spent) {
        let mean = sum as f64 / count as f64 / 1_000.0;
        println!("{what}: {count} times, {mean:.1} µs, worst {:.0} µs", worst as f64 / 1_000.0);
        assert!(count > 1_000);
        // Generous: a shared machine. What it must never be is a millisecond.
        assert!(mean < 500.0, "{what}: {mean} µs");
    }
    assert!(least >= 900, "{least}");
}
