//! What is heard decides.

use crate::setup::{campaign, route, trunk};
use crate::switch::Fate;
use crate::world::World;
use model::Disposition;
use model::record::{Amd, AmdMode, HeardClass, OnMachine};
use model::telephony::Command;

fn world(amd: Amd, fate: Fate) -> World {
    let mut w = World::new(11, vec![trunk(1, 10, 10.0)], vec![route(1, 1, 10)]);
    w.switch.keep_commands = true;
    let (now, mut c) = (w.now, campaign(1, 5, 5.0));
    c.amd = amd;
    w.store.add_campaign(c, 1, 0, now);
    w.switch.fates.push_back(fate);
    w.boot();
    let until = w.now.plus_ms(120_000);
    w.run_until(until);
    w
}

fn detect(machine: OnMachine) -> Amd {
    Amd { mode: AmdMode::Detect, machine, assistant: machine, end_dead_air: false }
}

fn ended(w: &World) -> Vec<Disposition> {
    w.store.attempts.values().filter_map(|a| a.ended).collect()
}

fn played(w: &World) -> usize {
    w.switch.commands.iter().filter(|c| matches!(c, Command::Play { .. })).count()
}

#[test]
fn an_announcement_in_early_media_ends_the_call_with_its_own_disposition() {
    for (class, want) in [
        (HeardClass::Invalid, Disposition::Invalid),
        (HeardClass::Suspended, Disposition::Suspended),
        (HeardClass::Changed, Disposition::Changed),
        (HeardClass::Busy, Disposition::Busy),
        (HeardClass::Restricted, Disposition::Restricted),
        // Ring-back decides nothing: the time runs out.
        (HeardClass::Ringing, Disposition::NoAnswer),
    ] {
        let w = world(Amd::default(), Fate::Announces(class));
        assert_eq!((ended(&w), played(&w)), (vec![want], 0), "{class:?}");
    }
}

#[test]
fn a_congested_tone_is_the_line_s_and_the_next_route_is_tried() {
    let mut w = World::new(11, vec![trunk(1, 10, 10.0), trunk(2, 10, 10.0)], vec![route(1, 1, 10), route(2, 2, 20)]);
    let now = w.now;
    w.store.add_campaign(campaign(1, 5, 5.0), 1, 0, now);
    w.switch.fates.extend([Fate::Announces(HeardClass::Congestion), Fate::Answers]);
    // Nobody asks to be put through: that would be an INVITE more.
    w.switch.keys.extend([Some('1'); 9]);
    w.boot();
    let until = w.now.plus_ms(120_000);
    w.run_until(until);
    assert_eq!((ended(&w), w.switch.invites), (vec![Disposition::Human], 2));
}

#[test]
fn a_machine_is_hung_up_on_waited_out_or_spoken_to() {
    let w = world(detect(OnMachine::HangUp), Fate::Sounds(HeardClass::Machine));
    assert_eq!((ended(&w), played(&w)), (vec![Disposition::Machine], 0));
    for then in [OnMachine::Message, OnMachine::GoOn] {
        let w = world(detect(then), Fate::Sounds(HeardClass::Machine));
        assert_eq!(ended(&w), [Disposition::Machine], "{then:?}");
        assert!(played(&w) > 0, "{then:?}");
    }
}

#[test]
fn a_person_hears_the_flow_once_known_and_at_the_latest_after_the_time_for_it() {
    for fate in [Fate::Answers, Fate::Sounds(HeardClass::Silence), Fate::Sounds(HeardClass::Ringing)] {
        let w = world(detect(OnMachine::HangUp), fate);
        assert!(played(&w) > 0, "{fate:?}");
    }
    assert_eq!(ended(&world(detect(OnMachine::HangUp), Fate::Answers)), [Disposition::Human]);
}

#[test]
fn faxes_assistants_and_false_answers_get_no_word() {
    for (class, want) in [
        (HeardClass::Fax, Disposition::Fax),
        (HeardClass::Assistant, Disposition::Assistant),
        (HeardClass::Off, Disposition::Off),
    ] {
        let w = world(detect(OnMachine::HangUp), Fate::Sounds(class));
        assert_eq!((ended(&w), played(&w)), (vec![want], 0), "{class:?}");
    }
    let w = world(detect(OnMachine::HangUp), Fate::Sounds(HeardClass::DeadAir));
    assert_eq!(ended(&w), [Disposition::DeadAir]);
    assert!(played(&w) > 0, "the flow speaks into the silence unless it is told to end");
}

#[test]
fn nobody_is_listened_to_after_the_answer_unless_it_is_wanted() {
    let w = world(Amd::default(), Fate::Sounds(HeardClass::Machine));
    let stops = w.switch.commands.iter().filter(|c| matches!(c, Command::StopDetect { .. })).count();
    assert_eq!(stops, 1);
    assert!(played(&w) > 0);
}
