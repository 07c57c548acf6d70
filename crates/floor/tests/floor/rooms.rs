//! Conference rooms, numbers that callers choose, and agents who call in from outside: step by step on a bare floor whose store,
//! synthesiser and disk answer at once.

use crate::setup::{Rng, TENANT, at, morning, number, route, trunk};
use floor::{Floor, FloorConfig, Input, Output};
use flow::{Flow, SpeechPart};
use model::fact::{CalleeFacts, CallerFacts, Fact};
use model::record::{Agent, Call, Extension, Number, Recording, RecordingKind};
use model::telephony::{Cause, Clip, Command, EndedBy, Event, MediaStats, Originate, PlayOutcome, Role, TrunkState};
use model::{AgentId, At, Disposition, ExtensionId, FlowId, LegId, MixId, NumberId, OpId, TenantId, TrunkId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

const OTHER: TenantId = TenantId(2);
/// The flows, by the end of the number that is called.
const TALKS: i64 = 11;
const LISTENS: i64 = 12;
const SMALL: i64 = 13;
const LOCKED: i64 = 14;
const KEPT: i64 = 15;
const CHOOSES: i64 = 16;
const DIAL_IN: i64 = 17;
const ELSEWHERE: i64 = 18;
const FOREIGN: i64 = 91;

struct House {
    floor: Floor,
    now: At,
    legs: i64,
    /// The last thing played to each leg.
    playing: BTreeMap<LegId, OpId>,
    recording: BTreeMap<OpId, LegId>,
    said: Vec<String>,
    /// Numbers the store is asked about, not answered yet.
    wanted: VecDeque<(OpId, String)>,
    calls: Vec<(Call, Vec<Recording>)>,
}

fn conference(more: Value) -> Value {
    let mut node = json!({ "type": "conference", "room": "8001", "on_left": "left", "on_full": "full", "on_wrong_pin": "wrong" });
    for (key, value) in more.as_object().unwrap() {
        node[key] = value.clone();
    }
    let says = |text: &str| json!({ "type": "hangup", "parts": [{ "say": text }] });
    flow(json!({ "c": node, "left": says("您已退出"), "full": says("会议已满"), "wrong": says("密码错误") }))
}

fn flow(nodes: Value) -> Value {
    let entry = nodes.as_object().unwrap().keys().next().unwrap().clone();
    json!({ "schema": "fengling.flow/1", "name": "t", "entry": entry, "nodes": nodes })
}

/// Asks for a number of up to 20 keys, with `*` among them, and puts the caller through.
fn chooses() -> Value {
    flow(json!({
        "ask": { "type": "gather", "parts": [{ "say": "号码" }], "digits_max": 20, "into": "n", "otherwise": "go", "on_timeout": "sorry" },
        "go": { "type": "transfer", "to": "{{ var.n }}", "checked": true, "on_failed": "sorry", "on_done": "bye" },
        "sorry": { "type": "hangup", "parts": [{ "say": "不能拨打" }] },
        "bye": { "type": "hangup" },
    }))
}

fn dial_in() -> Value {
    flow::templates().into_iter().find(|t| t.code == "remote_dial_in").unwrap().doc
}

fn agent(id: i64, tenant: TenantId, mobile: &str) -> Agent {
    let mut agent = crate::house::agent(id);
    (agent.tenant_id, agent.mobile) = (tenant, mobile.into());
    agent
}

fn line(flow: i64) -> Number {
    Number { id: NumberId(flow), number: format!("+8610888877{flow}"), inbound_flow_id: Some(FlowId(flow)), ..number() }
}

impl House {
    fn new() -> Self {
        let mut house = Self {
            floor: Floor::new(FloorConfig::default()),
            now: morning(),
            legs: 100,
            playing: BTreeMap::new(),
            recording: BTreeMap::new(),
            said: Vec::new(),
            wanted: VecDeque::new(),
            calls: Vec::new(),
        };
        house.furnish();
        house
    }

    fn furnish(&mut self) {
        let docs = [
            (TALKS, conference(json!({}))),
            (LISTENS, conference(json!({ "muted": true, "leave_key": "#" }))),
            (SMALL, conference(json!({ "parties_max": 2 }))),
            (LOCKED, conference(json!({ "pin": "4711" }))),
            (KEPT, conference(json!({ "record": true }))),
            (CHOOSES, chooses()),
            (DIAL_IN, dial_in()),
            (ELSEWHERE, conference(json!({ "room": "8002" }))),
        ];
        let numbers: Vec<Number> = docs.iter().map(|(id, _)| line(*id)).collect();
        for tenant in [TENANT, OTHER] {
            self.run(Input::Settings { tenant, settings: Arc::default() });
        }
        self.trunks(TENANT, 1, numbers);
        self.trunks(OTHER, 2, vec![Number { tenant_id: OTHER, ..line(FOREIGN) }]);
        for (id, doc) in docs {
            self.flow(TENANT, id, &doc);
        }
        self.flow(OTHER, FOREIGN, &conference(json!({})));
        let phone = crate::house::extension(1, TENANT);
        let extensions = vec![
            Extension { number: "8801".into(), ..phone.clone() },
            Extension { id: ExtensionId(2), number: "8802".into(), ..phone },
        ];
        self.run(Input::Extensions { tenant: TENANT, extensions });
        let with_phone = Agent { extension_id: Some(ExtensionId(2)), ..agent(1, TENANT, "+8613900000001") };
        let gone = Agent { enabled: false, ..agent(2, TENANT, "+8613900000002") };
        self.run(Input::Agents { tenant: TENANT, agents: vec![with_phone, gone, agent(4, TENANT, "")], veiled: BTreeSet::new() });
        self.run(Input::Agents { tenant: OTHER, agents: vec![agent(90, OTHER, "+8613900000090")], veiled: BTreeSet::new() });
    }

    fn trunks(&mut self, tenant: TenantId, id: i64, numbers: Vec<Number>) {
        let trunks = vec![model::record::Trunk { tenant_id: tenant, ..trunk(id, 100, 50.0) }];
        let routes = vec![model::record::Route { tenant_id: tenant, ..route(id, id, 10) }];
        self.run(Input::Trunks { tenant, trunks, routes, numbers });
        self.event(Event::Trunk { trunk: TrunkId(id), state: TrunkState::Up { latency_ms: 1 } });
    }

    fn flow(&mut self, tenant: TenantId, id: i64, doc: &Value) {
        let doc = Arc::new(Flow::parse(doc).unwrap_or_else(|e| panic!("{e:?}")));
        self.run(Input::Flow { tenant, id: FlowId(id), version: 1, doc });
    }

    /// One input and all that is answered at once; the commands that came of them.
    fn run(&mut self, input: Input) -> Vec<Command> {
        self.now = self.now.plus_ms(10);
        let mut inputs = VecDeque::from([input]);
        let mut commands = Vec::new();
        while let Some(input) = inputs.pop_front() {
            self.floor.handle(self.now, input);
            while let Some(out) = self.floor.poll_output() {
                inputs.extend(self.answer(out, &mut commands));
            }
            self.floor.check_invariants().unwrap_or_else(|e| panic!("{e}; {commands:?}"));
        }
        commands
    }

    fn answer(&mut self, out: Output, commands: &mut Vec<Command>) -> Option<Input> {
        match out {
            Output::Telephony(command) => {
                commands.push(command.clone());
                self.perform(command).map(Input::Telephony)
            }
            Output::LookUpCaller { op, .. } => Some(Input::CallerLookedUp { op, found: Box::new(CallerFacts::default()) }),
            Output::LookUpCallee { op, phone, .. } => {
                self.wanted.push_back((op, phone));
                None
            }
            Output::Render { op, parts, .. } => {
                let text = |p: &SpeechPart| if let SpeechPart::Say { text, .. } = p { text.clone() } else { String::new() };
                self.said.extend(parts.iter().map(text));
                Some(Input::Rendered { op, clips: Ok(vec![Clip::File { path: "/speech".into() }; parts.len()]) })
            }
            Output::Persist { op, ack, fact } => {
                if let Fact::CallEnded { call, recordings, .. } = *fact {
                    self.calls.push((*call, recordings));
                }
                ack.then_some(Input::Persisted { op, ok: true })
            }
            _ => None,
        }
    }

    fn perform(&mut self, command: Command) -> Option<Event> {
        match command {
            Command::Answer { leg } => return Some(Event::Answered { leg }),
            Command::Play { leg, op, .. } => drop(self.playing.insert(leg, op)),
            Command::StopPlay { leg } => drop(self.playing.remove(&leg)),
            Command::Record { leg, op, .. } => drop(self.recording.insert(op, leg)),
            _ => {}
        }
        None
    }

    fn event(&mut self, event: Event) -> Vec<Command> {
        self.run(Input::Telephony(event))
    }

    /// Somebody calls the number of a flow.
    fn calls_from(&mut self, from: &str, flow: i64) -> (LegId, Vec<Command>) {
        self.legs += 1;
        let leg = LegId(self.legs);
        let trunk = TrunkId(if flow == FOREIGN { 2 } else { 1 });
        let to = format!("010888877{flow}");
        let commands = self.event(Event::Incoming { leg, trunk, from: from.into(), to, diverted_from: None, replaces: None });
        (leg, commands)
    }

    fn calls(&mut self, flow: i64) -> (LegId, Vec<Command>) {
        let from = format!("138{:08}", self.legs);
        self.calls_from(&from, flow)
    }

    fn press(&mut self, leg: LegId, keys: &str) -> Vec<Command> {
        keys.chars().flat_map(|digit| self.event(Event::Digit { leg, digit })).collect()
    }

    /// What is played to the leg comes to its end.
    fn played(&mut self, leg: LegId) -> Vec<Command> {
        let op = self.playing.remove(&leg).expect("something is played");
        self.event(Event::PlayDone { leg, op, outcome: PlayOutcome::Finished, played_ms: 1_000 })
    }

    fn ended(&mut self, leg: LegId) -> Vec<Command> {
        let recorders: Vec<OpId> = self.recording.iter().filter(|(_, l)| **l == leg).map(|(op, _)| *op).collect();
        for op in recorders {
            self.recording.remove(&op);
            self.event(Event::RecordDone { leg, op, path: String::new(), duration_ms: 5_000, bytes: 80_000 });
        }
        let stats = MediaStats { packets_received: 100, ..MediaStats::default() };
        self.event(Event::Ended { leg, cause: Cause { by: EndedBy::Far, ..Cause::default() }, stats })
    }

    fn wait(&mut self, ms: i64) -> Vec<Command> {
        let until = self.now.plus_ms(ms);
        let mut commands = Vec::new();
        while let Some(at) = self.floor.next_deadline().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            commands.extend(self.run(Input::Tick));
        }
        self.now = self.now.max(until);
        commands
    }

    fn says(&mut self, text: &str) -> bool {
        std::mem::take(&mut self.said).iter().any(|said| said.contains(text))
    }

    /// What the store says of the number asked about last.
    fn knows(&mut self, found: Option<CalleeFacts>) -> Vec<Command> {
        let (op, _) = self.wanted.pop_front().expect("a number is asked about");
        self.run(Input::CalleeLookedUp { op, found: found.map(Box::new) })
    }
}

fn joins(commands: &[Command]) -> Vec<(LegId, MixId, Role)> {
    let join = |c: &Command| if let Command::Join { leg, mix, role } = c { Some((*leg, *mix, *role)) } else { None };
    commands.iter().filter_map(join).collect()
}

fn tones(commands: &[Command]) -> Vec<LegId> {
    let tone = |c: &Command| match c {
        Command::Announce { leg, clips, .. } if matches!(clips[..], [Clip::Tone { .. }]) => Some(*leg),
        _ => None,
    };
    commands.iter().filter_map(tone).collect()
}

fn plays(commands: &[Command], to: LegId) -> bool {
    commands.iter().any(|c| matches!(c, Command::Play { leg, .. } if *leg == to))
}

/// The melody, which is many notes.
fn music(commands: &[Command], to: LegId) -> bool {
    commands.iter().any(|c| matches!(c, Command::Play { leg, clips, .. } if *leg == to && clips.len() > 10))
}

fn hangs_up(commands: &[Command], who: LegId) -> bool {
    commands.iter().any(|c| matches!(c, Command::Hangup { leg, .. } if *leg == who))
}

fn place(commands: &[Command], what: &Command) -> usize {
    commands.iter().position(|c| c == what).unwrap_or_else(|| panic!("{what:?} is not among {commands:?}"))
}

fn dialled(commands: &[Command]) -> Option<Originate> {
    commands.iter().find_map(|c| if let Command::Originate(o) = c { Some(o.clone()) } else { None })
}

#[test]
fn three_callers_meet_and_leave_one_by_key_two_by_hanging_up() {
    let mut h = House::new();
    let (a, commands) = h.calls(TALKS);
    let [(leg, mix, role)] = joins(&commands)[..] else { panic!("{commands:?}") };
    assert_eq!((leg, role), (a, Role::Talker));
    assert!(music(&commands, a) && tones(&commands).is_empty(), "alone: {commands:?}");
    assert!(h.says("您已进入会议，目前只有您一位，请稍候。退出请按星号键。"));
    assert!(music(&h.played(a), a), "after the words the music goes on");

    let (b, commands) = h.calls(LISTENS);
    assert_eq!(joins(&commands), [(b, mix, Role::Listener)]);
    assert!(
        place(&commands, &Command::StopPlay { leg: a }) < place(&commands, &Command::Join { leg: b, mix, role: Role::Listener })
    );
    assert_eq!(tones(&commands), [a], "one announces for all");
    assert!(h.says("您已进入会议，目前共有2人。退出请按井号键。"));
    assert!(plays(&commands, b) && !music(&commands, b));

    let (c, commands) = h.calls(TALKS);
    assert_eq!(joins(&commands), [(c, mix, Role::Talker)]);
    assert_eq!(tones(&commands), [a], "not the one who is being spoken to");
    assert!(!commands.contains(&Command::StopPlay { leg: a }) && h.says("共有3人"));
    assert!(!plays(&h.played(b), b) && !plays(&h.played(c), c), "two hear each other and no music");

    assert!(h.press(c, "159#").is_empty(), "keys of a talk");
    let commands = h.press(c, "*");
    assert!(commands.contains(&Command::Leave { leg: c }) && tones(&commands).len() == 1, "{commands:?}");
    assert!(plays(&commands, c) && h.says("您已退出"), "its flow goes on");
    assert!(hangs_up(&h.played(c), c));
    h.ended(c);

    let commands = h.ended(b);
    assert!(music(&commands, a) && h.says("其他人已离开会议"), "alone again: {commands:?}");
    assert!(!commands.iter().any(|c| matches!(c, Command::Leave { .. })), "a leg that has ended leaves nothing");
    assert!(music(&h.played(a), a));
    h.ended(a);
    assert!(h.floor.is_idle());
    let trail: Vec<&str> = h.calls[0].0.trail.iter().map(|s| s.outcome.as_str()).collect();
    assert!(trail[0].starts_with("in conference ") && trail[1].starts_with("hang"), "{trail:?}");
    assert!(h.calls.iter().all(|(call, _)| call.disposition == Disposition::Human));

    // The next to come open the room anew.
    let (_, commands) = h.calls(TALKS);
    assert_ne!(joins(&commands)[0].1, mix);
}

#[test]
fn rooms_of_other_numbers_and_of_other_tenants_are_apart() {
    let mut h = House::new();
    let mixes: Vec<MixId> = [TALKS, ELSEWHERE, FOREIGN]
        .map(|flow| {
            let (leg, commands) = h.calls(flow);
            assert!(music(&commands, leg) && tones(&commands).is_empty());
            joins(&commands)[0].1
        })
        .into();
    assert!(mixes[0] != mixes[1] && mixes[1] != mixes[2] && mixes[0] != mixes[2]);
}

#[test]
fn a_room_takes_as_many_as_its_flow_says() {
    let mut h = House::new();
    let (a, _) = h.calls(SMALL);
    let (b, _) = h.calls(SMALL);
    let (c, commands) = h.calls(SMALL);
    assert!(joins(&commands).is_empty() && tones(&commands).is_empty() && h.says("会议已满"), "{commands:?}");
    assert!(hangs_up(&h.played(c), c));
    h.ended(c);
    h.ended(b);
    let (d, commands) = h.calls(SMALL);
    assert_eq!(joins(&commands).len(), 1, "there is a place again");
    h.ended(a);
    h.ended(d);
    assert!(h.floor.is_idle());
}

#[test]
fn a_pin_stands_before_the_room() {
    let mut h = House::new();
    let (a, commands) = h.calls(LOCKED);
    assert!(joins(&commands).is_empty() && h.says("请输入会议密码"));
    h.played(a);
    let commands = h.press(a, "4712#");
    assert!(joins(&commands).is_empty() && h.says("密码不正确"), "{commands:?}");
    let commands = h.press(a, "4711#");
    assert_eq!(joins(&commands).len(), 1, "{commands:?}");
    let (b, _) = h.calls(LOCKED);
    h.press(b, "1#");
    h.press(b, "2#");
    let commands = h.press(b, "3#");
    assert!(joins(&commands).is_empty() && h.says("密码错误"), "{commands:?}");
    assert!(hangs_up(&h.played(b), b));
    h.ended(b);
    h.ended(a);
    assert!(h.floor.is_idle());
}

#[test]
fn a_phone_that_puts_the_room_on_hold_plays_its_music_to_nobody() {
    let mut h = House::new();
    let (a, _) = h.calls(TALKS);
    let (b, _) = h.calls(TALKS);
    assert!(h.event(Event::Held { leg: b, on: true }).contains(&Command::Mute { leg: b, on: true }));
    assert!(h.event(Event::Held { leg: b, on: false }).contains(&Command::Mute { leg: b, on: false }));
    h.event(Event::Held { leg: b, on: true });
    let commands = h.press(b, "*");
    assert!(commands.contains(&Command::Mute { leg: b, on: false }), "what is set here does not stay: {commands:?}");
    assert!(h.event(Event::Held { leg: b, on: true }).is_empty(), "out of the room it is the phone's own affair");
    h.ended(b);
    h.ended(a);
    assert!(h.floor.is_idle());
}

#[test]
fn a_call_is_recorded_where_the_flow_asks() {
    let mut h = House::new();
    let (a, commands) = h.calls(KEPT);
    let records = |commands: &[Command]| commands.iter().filter(|c| matches!(c, Command::Record { .. })).count();
    assert_eq!(records(&commands), 1);
    assert!(
        matches!(commands.iter().find(|c| matches!(c, Command::Record { .. })), Some(Command::Record { leg, .. }) if *leg == a)
    );
    let (b, commands) = h.calls(TALKS);
    assert_eq!(records(&commands), 0);
    h.ended(b);
    h.ended(a);
    let kinds: Vec<usize> = h.calls.iter().map(|(_, r)| r.iter().filter(|r| r.kind == RecordingKind::Call).count()).collect();
    assert_eq!(kinds, [0, 1]);
}

#[test]
fn a_stay_has_its_end_and_a_house_that_closes_empties_its_rooms() {
    let mut h = House::new();
    let (a, _) = h.calls(TALKS);
    let (b, _) = h.calls(TALKS);
    let early = h.wait(3 * 3_600_000);
    assert!(!hangs_up(&early, a) && !hangs_up(&early, b), "people confer for longer than an hour");
    let late = h.wait(3_700_000);
    assert!(hangs_up(&late, a) && hangs_up(&late, b));
    h.ended(a);
    h.ended(b);
    let (c, _) = h.calls(TALKS);
    let (d, _) = h.calls(TALKS);
    h.run(Input::Drain { until: h.now.plus_ms(1_000) });
    let commands = h.wait(2_000);
    assert!(hangs_up(&commands, c) && hangs_up(&commands, d), "{commands:?}");
    h.ended(c);
    h.ended(d);
    assert!(h.floor.is_idle());
}

/// Callers come and go as they like; the invariants are looked at after every step.
#[test]
fn whatever_callers_do_nobody_sits_in_a_room_in_silence() {
    for seed in 0..60 {
        let mut h = House::new();
        let mut rng = Rng(seed);
        let mut legs: Vec<LegId> = Vec::new();
        for _ in 0..120 {
            let one = (!legs.is_empty()).then(|| legs[rng.range(0, legs.len() as i64) as usize]);
            let commands = match (rng.range(0, 10), one) {
                (0..3, _) | (_, None) => {
                    let flow = [TALKS, LISTENS, SMALL, LOCKED, ELSEWHERE, FOREIGN][rng.range(0, 6) as usize];
                    let (leg, commands) = h.calls(flow);
                    legs.push(leg);
                    commands
                }
                (3, Some(leg)) => h.press(leg, "*"),
                (4, Some(leg)) => h.press(leg, "4711#"),
                (5, Some(leg)) => h.event(Event::Held { leg, on: rng.chance(500) }),
                (6 | 7, Some(leg)) if h.playing.contains_key(&leg) => h.played(leg),
                (8, Some(_)) => h.wait(rng.range(0, 20_000)),
                (_, Some(leg)) => {
                    legs.retain(|l| *l != leg);
                    h.ended(leg)
                }
            };
            // Whom we hang up on says so at once, or a little later.
            for leg in legs.clone().into_iter().filter(|leg| hangs_up(&commands, *leg)) {
                legs.retain(|l| *l != leg);
                if rng.chance(500) {
                    h.wait(50);
                }
                h.ended(leg);
            }
        }
        for leg in legs {
            h.ended(leg);
        }
        h.wait(120_000);
        assert!(h.floor.is_idle(), "seed {seed}");
    }
}

// --- numbers that callers choose ---

#[test]
fn a_number_a_caller_chose_is_dialled_when_the_rules_allow_it() {
    let mut h = House::new();
    let (a, _) = h.calls(CHOOSES);
    let commands = h.press(a, "13900139000#");
    assert!(dialled(&commands).is_none(), "asked first: {commands:?}");
    assert_eq!(h.wanted[0].1, "+8613900139000");
    let commands = h.knows(Some(CalleeFacts::default()));
    let far = dialled(&commands).or_else(|| dialled(&h.wait(1_000))).expect("it rings");
    assert!(far.to.ends_with("13900139000") && plays(&commands, a), "the caller hears it ring: {commands:?}");
    assert!(h.event(Event::Answered { leg: far.leg }).contains(&Command::Bridge { a, b: far.leg }));
    assert!(hangs_up(&h.ended(far.leg), a));
    h.ended(a);
    assert!(h.floor.is_idle());
}

#[test]
fn what_the_rules_forbid_or_nobody_knows_is_not_dialled() {
    let facts = |dial| CalleeFacts { dial, ..CalleeFacts::default() };
    let dial = model::record::DialFacts::default;
    let forbidden = [
        Some(facts(model::record::DialFacts { blocked: true, ..dial() })),
        Some(facts(model::record::DialFacts { exempt: true, ..dial() })),
        Some(facts(model::record::DialFacts { number_in_call: true, ..dial() })),
        Some(facts(model::record::DialFacts { number_24h: 10_000, ..dial() })),
        None,
    ];
    for found in forbidden {
        let mut h = House::new();
        let (a, _) = h.calls(CHOOSES);
        h.press(a, "13900139000#");
        let told = format!("{found:?}");
        let commands = h.knows(found);
        assert!(dialled(&commands).is_none() && h.says("不能拨打"), "{told}: {commands:?}");
        assert!(dialled(&h.wait(5_000)).is_none());
        h.played(a);
        h.ended(a);
        let trail = &h.calls[0].0.trail;
        assert!(trail.iter().any(|s| s.outcome == "error: transfer failed: forbidden"), "{trail:?}");
    }
    // The store says nothing at all.
    let mut h = House::new();
    let (a, _) = h.calls(CHOOSES);
    h.press(a, "13900139000#");
    let commands = h.wait(3_500);
    assert!(dialled(&commands).is_none() && plays(&commands, a) && h.says("不能拨打"), "{commands:?}");
    assert!(h.knows(Some(CalleeFacts::default())).is_empty(), "too late");
    // At night.
    let mut h = House::new();
    h.now = at("2026-11-21T23:30:00+08:00");
    let (a, _) = h.calls(CHOOSES);
    h.press(a, "13900139000#");
    assert!(dialled(&h.knows(Some(CalleeFacts::default()))).is_none() && h.says("不能拨打"));
}

#[test]
fn phones_of_the_house_are_rung_without_asking_and_what_is_no_number_is_not_asked_about() {
    // 8802 by its number and by the 工号 of the agent whose phone it is.
    for to in ["8802#", "1001#"] {
        let mut h = House::new();
        h.now = at("2026-11-21T23:30:00+08:00");
        let (a, _) = h.calls(CHOOSES);
        let commands = h.press(a, to);
        let ext = commands.iter().find_map(|c| if let Command::CallExtension(c) = c { Some(c.extension) } else { None });
        assert_eq!((ext, h.wanted.len()), (Some(ExtensionId(2)), 0), "{to}: {commands:?}");
    }
    // Too short, keys that are no digits; the 工号 of an agent without a phone here is a number like any other.
    for (to, asks) in [("12#", 0), ("139*0139#", 0), ("1004#", 1)] {
        let mut h = House::new();
        let (a, _) = h.calls(CHOOSES);
        let commands = h.press(a, to);
        assert_eq!((dialled(&commands), h.wanted.len()), (None, asks), "{to}");
        assert_eq!(h.says("不能拨打"), asks == 0, "{to}");
    }
}

#[test]
fn a_caller_who_hangs_up_while_the_rules_are_asked_has_nobody_dialled() {
    let mut h = House::new();
    let (a, _) = h.calls(CHOOSES);
    h.press(a, "13900139000#");
    h.ended(a);
    assert!(h.knows(Some(CalleeFacts::default())).is_empty());
    assert!(dialled(&h.wait(10_000)).is_none() && h.floor.is_idle());
}

// --- agents who call in from outside ---

#[test]
fn who_calls_from_a_registered_mobile_dials_on_recorded_and_others_do_not() {
    let mut h = House::new();
    let (a, _) = h.calls_from("13900000001", DIAL_IN);
    assert!(h.says("请输入被叫号码，按井号键结束"));
    let commands = h.press(a, "053188886666#");
    assert!(commands.iter().any(|c| matches!(c, Command::Record { leg, .. } if *leg == a)), "{commands:?}");
    assert_eq!(h.wanted[0].1, "+8653188886666");
    let commands = h.knows(Some(CalleeFacts::default()));
    let far = dialled(&commands).or_else(|| dialled(&h.wait(1_000))).expect("it rings");
    h.event(Event::Answered { leg: far.leg });
    h.ended(far.leg);
    assert!(h.says("对方已挂机"), "and may dial the next");
    h.ended(a);
    assert_eq!(h.calls[0].1.len(), 1, "the whole call in one recording");

    // Unknown; switched off; another tenant's; only the end of a mobile, as a line without area code would show it.
    for from in ["13900000009", "13900000002", "13900000090", "00000001", "anonymous", ""] {
        let mut h = House::new();
        let (leg, _) = h.calls_from(from, DIAL_IN);
        assert!(h.says("您的号码没有登记"), "{from}");
        assert!(hangs_up(&h.played(leg), leg));
    }
}

#[test]
fn an_agent_who_has_signed_in_outside_is_known_by_that_phone() {
    use model::desk::DeskCommand;
    let seat = || model::record::Seat::Outside { number: "+8613900000044".into() };
    let mut h = House::new();
    let (_, _) = h.calls_from("13900000044", DIAL_IN);
    assert!(h.says("您的号码没有登记"));
    h.run(Input::Desk { op: OpId(5), agent: AgentId(4), command: DeskCommand::SignIn { seat: seat(), ready: false } });
    let (_, _) = h.calls_from("13900000044", DIAL_IN);
    assert!(h.says("请输入被叫号码"));
}
