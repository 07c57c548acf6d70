//! Phones of the tenant's own, step by step on a bare floor.

use crate::setup::{CALLBACK, TENANT, number};
use floor::{Floor, FloorConfig, Input, Output};
use model::fact::Fact;
use model::record::{BanReason, Extension};
use model::telephony::{CallExtension, Cause, Command, EndedBy, Event, MediaStats};
use model::{At, ExtensionId, LegId, TenantId};
use std::sync::Arc;

const NOW: At = At(1_790_000_000_000);
const CALLER: LegId = LegId(77);

fn extension(id: i64, tenant: TenantId, number: &str, enabled: bool) -> Extension {
    Extension {
        id: ExtensionId(id),
        tenant_id: tenant,
        number: number.into(),
        login: number.into(),
        name: format!("name {number}"),
        enabled,
        ha1_md5: String::new(),
        ha1_sha256: String::new(),
        contacts_max: 3,
        allowed_from: vec![],
        codecs: vec![],
        created_at: At(0),
        revision: 1,
    }
}

struct Desk {
    floor: Floor,
    now: At,
}

impl Desk {
    fn new() -> Self {
        let mut desk = Self { floor: Floor::new(FloorConfig::default()), now: NOW };
        let own =
            vec![extension(1, TENANT, "8001", true), extension(2, TENANT, "8002", true), extension(3, TENANT, "8003", false)];
        desk.take(Input::Settings { tenant: TENANT, settings: Arc::default() });
        desk.take(Input::Extensions { tenant: TENANT, extensions: own });
        desk.take(Input::Extensions { tenant: TenantId(9), extensions: vec![extension(9, TenantId(9), "8009", true)] });
        desk.take(Input::Trunks { tenant: TENANT, trunks: vec![], routes: vec![], numbers: vec![number()] });
        let doc = crate::setup::callback_flow();
        desk.take(Input::Flow { tenant: TENANT, id: CALLBACK, version: 1, doc });
        desk
    }

    fn take(&mut self, input: Input) -> Vec<Output> {
        self.now = self.now.plus_ms(10);
        self.floor.handle(self.now, input);
        std::iter::from_fn(|| self.floor.poll_output()).collect()
    }

    fn event(&mut self, event: Event) -> Vec<Command> {
        let outputs = self.take(Input::Telephony(event));
        let command = |o: Output| match o {
            Output::Telephony(command) => Some(command),
            _ => None,
        };
        outputs.into_iter().filter_map(command).collect()
    }

    fn dials(&mut self, to: &str) -> Vec<Command> {
        self.event(Event::ExtensionCalls { leg: CALLER, extension: ExtensionId(1), to: to.into() })
    }

    /// 8001 has dialled 8002, whose phones ring now.
    fn ringing(&mut self) -> CallExtension {
        assert_eq!(self.dials("8002"), [Command::Answer { leg: CALLER }]);
        let mut commands = self.event(Event::Answered { leg: CALLER }).into_iter();
        let call = commands.find_map(|c| if let Command::CallExtension(c) = c { Some(c) } else { None });
        call.expect("the colleague's phones ring")
    }
}

fn ended(leg: LegId, sip_code: Option<u16>) -> Event {
    Event::Ended { leg, cause: Cause { by: EndedBy::Far, sip_code, ..Cause::default() }, stats: MediaStats::default() }
}

#[test]
fn colleagues_talk_and_both_legs_end() {
    let mut desk = Desk::new();
    let call = desk.ringing();
    assert_eq!((call.extension, call.from.as_str(), call.from_name.as_str()), (ExtensionId(2), "8001", "name 8001"));
    let commands = desk.event(Event::Answered { leg: call.leg });
    assert!(commands.contains(&Command::Bridge { a: CALLER, b: call.leg }), "{commands:?}");
    // The colleague hangs up: the caller's leg ends too, and the books name no trunk.
    let commands = desk.event(ended(call.leg, None));
    assert!(commands.iter().any(|c| matches!(c, Command::Hangup { leg: CALLER, .. })), "{commands:?}");
    let outputs = desk.take(Input::Telephony(ended(CALLER, None)));
    let saved = outputs.into_iter().find_map(|o| match o {
        Output::Persist { fact, .. } => match *fact {
            Fact::CallEnded { call, .. } => Some(call),
            _ => None,
        },
        _ => None,
    });
    let saved = saved.expect("the call is stored");
    assert_eq!((saved.caller.as_str(), saved.called.as_str(), saved.trunk_id, saved.flow_id), ("8001", "8002", None, None));
    assert!(saved.legs.len() == 2 && saved.legs.iter().all(|l| l.trunk_id.is_none()));
}

#[test]
fn a_colleague_who_is_not_there_ends_the_call() {
    let mut desk = Desk::new();
    let call = desk.ringing();
    let commands = desk.event(ended(call.leg, Some(480)));
    assert!(commands.iter().any(|c| matches!(c, Command::Hangup { leg: CALLER, .. })), "{commands:?}");
}

#[test]
fn numbers_of_ours_run_their_flow_and_nothing_else_is_dialled() {
    for (to, code) in [("8003", 404), ("8009", 404), ("8001", 404), ("13800138000", 404), ("", 404)] {
        let refused = Desk::new().dials(to);
        assert_eq!(
            refused,
            [Command::Reject { leg: CALLER, sip_code: code, q850: None }],
            "{to}: switched off, another's, oneself, outside"
        );
    }
    let mut desk = Desk::new();
    assert_eq!(desk.dials("01088886666"), [Command::Answer { leg: CALLER }]);
    desk.event(Event::Answered { leg: CALLER });
    let unknown = Event::ExtensionCalls { leg: LegId(78), extension: ExtensionId(5), to: "8002".into() };
    assert_eq!(desk.event(unknown), [Command::Reject { leg: LegId(78), sip_code: 403, q850: None }]);
}

#[test]
fn a_disk_that_fails_recordings_is_told_once() {
    let mut desk = Desk::new();
    desk.dials("01088886666");
    let failed = Event::RecordFailed { leg: CALLER, op: model::OpId(9), reason: "No space left on device".into() };
    let out = desk.take(Input::Telephony(failed.clone()));
    let is_alarm = |o: &Output| matches!(o, Output::Persist { fact, .. } if matches!(&**fact, Fact::Alarm { code: "recording_failed", text, tenant, .. } if *tenant == TENANT && text.contains("No space")));
    assert_eq!(out.iter().filter(|o| is_alarm(o)).count(), 1);
    assert!(desk.take(Input::Telephony(failed)).is_empty(), "not one for each call");
}

#[test]
fn bans_and_phones_are_told() {
    let mut desk = Desk::new();
    let out = desk.take(Input::Telephony(Event::Extension { extension: ExtensionId(1), phones: 2 }));
    assert!(
        matches!(&out[..], [Output::Notify { tenant, kind: "extension.state", data }] if *tenant == TENANT && data["phones"] == 2)
    );
    let ban = Event::Banned { address: "198.51.100.7".into(), reason: BanReason::Guessing, seconds: 61 };
    let out = desk.take(Input::Telephony(ban));
    let alarms = out.iter().filter(|o| matches!(o, Output::Persist { fact, .. } if matches!(&**fact, Fact::Alarm { code: "address_banned", text, .. } if text.contains("198.51.100.7") && text.contains("2 分钟"))));
    assert_eq!(alarms.count(), 2, "one for each tenant");
    let next = Event::Banned { address: "198.51.100.8".into(), reason: BanReason::Scanner, seconds: 60 };
    assert!(desk.event(next.clone()).is_empty() && desk.take(Input::Telephony(next)).is_empty(), "not one for each ban");
}
