//! 会议室: calls whose flows have put them into the room of the same number talk together, each until it leaves by its key or
//! hangs up. Whoever is alone there hears music.

use crate::floor::Floor;
use crate::party::Sound;
use crate::timer::Timer;
use crate::waiting::spoken;
use flow::io::{ConferenceAsk, ConferenceOutcome, Token};
use flow::{In, Out};
use model::telephony::{Clip, Command, Role};
use model::{At, CallId, LegId, MixId, TenantId};
use std::collections::BTreeMap;

/// People confer longer than a caller talks.
const STAY_MS_MAX: i64 = 4 * 3_600_000;
/// Somebody has come, or left.
const CAME: Clip = Clip::Tone { hz: 880, ms: 200 };
const LEFT: Clip = Clip::Tone { hz: 440, ms: 200 };

/// A room belongs to its tenant and is found by its number.
type Door = (TenantId, String);

#[derive(Debug)]
struct Member {
    leg: LegId,
    token: Token,
    leave_key: char,
    since: At,
}

#[derive(Debug)]
struct Room {
    /// Its own, not a call's: none of its calls outlives it for sure.
    mix: MixId,
    members: BTreeMap<CallId, Member>,
}

#[derive(Debug, Default)]
pub(crate) struct Rooms {
    /// None is empty.
    open: BTreeMap<Door, Room>,
    /// Which room a call is in.
    doors: BTreeMap<CallId, Door>,
}

impl Floor {
    pub(crate) fn enter_room(&mut self, call: CallId, token: Token, ask: ConferenceAsk) {
        let done = |outcome| In::ConferenceDone { token, outcome };
        let failed = |text: &str| done(ConferenceOutcome::Failed { text: text.into() });
        let Some(leg) = self.far_leg(call) else { return self.queue(call, failed("the far party is gone")) };
        let Some(session) = self.sessions.get(&call) else { return };
        if session.talk.confirming.is_some() {
            return self.queue(call, failed("an agent waits for the caller"));
        }
        let door = (session.tenant, ask.room);
        let others = self.rooms.open.get(&door).map_or(0, |r| r.members.len());
        if others >= ask.parties_max as usize {
            return self.queue(call, done(ConferenceOutcome::Full));
        }
        // Whoever waits there alone is not alone any more; the others hear that somebody comes.
        self.room_hears(&door, CAME);
        let mix = match self.rooms.open.get(&door) {
            Some(room) => room.mix,
            None => MixId(self.ids.next(self.now)),
        };
        let member = Member { leg, token, leave_key: ask.leave_key, since: self.now };
        let room = self.rooms.open.entry(door.clone()).or_insert_with(|| Room { mix, members: BTreeMap::new() });
        room.members.insert(call, member);
        self.rooms.doors.insert(call, door);
        let role = if ask.muted { Role::Listener } else { Role::Talker };
        self.timers.set(Timer::CallMax(call), self.now.plus_ms(STAY_MS_MAX));
        self.command(Command::Join { leg, mix, role });
        self.welcome(call, others, ask.leave_key);
    }

    fn welcome(&mut self, call: CallId, others: usize, leave_key: char) {
        let how = format!("退出请按{}。", spoken(leave_key));
        if others == 0 {
            self.sound(call, Sound::Music);
            return self.say(call, format!("您已进入会议，目前只有您一位，请稍候。{how}"));
        }
        self.say(call, format!("您已进入会议，目前共有{}人。{how}", others + 1));
    }

    /// A tone for everybody there. One who is alone stops hearing music instead, before the other comes.
    fn room_hears(&mut self, door: &Door, tone: Clip) {
        let Some(room) = self.rooms.open.get(door) else { return };
        let members: Vec<(CallId, LegId)> = room.members.iter().map(|(call, m)| (*call, m.leg)).collect();
        if let [(alone, _)] = members[..] {
            self.sound(alone, Sound::Nothing);
        }
        // One announces for all; it had better not be one who is being spoken to.
        let up = |(call, _): &&(CallId, LegId)| self.far_leg(*call).is_some();
        let quiet = |(call, _): &&(CallId, LegId)| self.sessions.get(call).is_some_and(|s| s.talk.playing.is_none());
        let who = members.iter().filter(up).find(quiet).or_else(|| members.iter().find(up)).map(|(_, leg)| *leg);
        if let Some(leg) = who {
            let op = self.new_op();
            self.command(Command::Announce { leg, op, clips: vec![tone] });
        }
    }

    /// A key pressed in a room. False: the call is in none.
    pub(crate) fn room_key(&mut self, call: CallId, digit: char) -> bool {
        let Some(member) = self.rooms.doors.get(&call).and_then(|d| self.rooms.open.get(d)?.members.get(&call)) else {
            return false;
        };
        if digit.eq_ignore_ascii_case(&member.leave_key) {
            let (token, ms) = (member.token, self.now.since_ms(member.since));
            self.leave_room(call);
            let ms = u32::try_from(ms).unwrap_or(u32::MAX);
            self.feed(call, In::ConferenceDone { token, outcome: ConferenceOutcome::Left { ms } });
        }
        true
    }

    /// A flow that goes on leaves the room it was in, whatever it thinks of.
    pub(crate) fn flow_leaves_room(&mut self, call: CallId, out: &Out) {
        if !matches!(out, Out::Trail(_) | Out::Rate { .. } | Out::RecordCall) {
            self.leave_room(call);
        }
    }

    /// The call is out of its room, if it is in one; the others go on.
    pub(crate) fn leave_room(&mut self, call: CallId) {
        let Some(door) = self.rooms.doors.remove(&call) else { return };
        let Some(room) = self.rooms.open.get_mut(&door) else { return };
        let gone = room.members.remove(&call);
        let left: Vec<CallId> = room.members.keys().copied().collect();
        if left.is_empty() {
            self.rooms.open.remove(&door);
        }
        // Of a leg that has ended there is nothing to stop.
        self.sound(call, Sound::Nothing);
        if let Some(member) = gone.filter(|_| self.far_leg(call).is_some()) {
            // A phone that had put the room on hold is heard again elsewhere.
            self.command(Command::Mute { leg: member.leg, on: false });
            self.command(Command::Leave { leg: member.leg });
            self.timers.set(Timer::CallMax(call), self.now.plus_ms(self.limits.call_ms_max));
        }
        match left[..] {
            [] => {}
            [alone] => {
                self.sound(alone, Sound::Music);
                self.say(alone, "其他人已离开会议，目前只有您一位。".into());
            }
            _ => self.room_hears(&door, LEFT),
        }
    }

    pub(crate) fn is_in_room(&self, call: CallId) -> bool {
        self.rooms.doors.contains_key(&call)
    }

    /// A phone that puts the room on hold plays its music to nobody there.
    pub(crate) fn room_phone_holds(&mut self, leg: LegId, on: bool) {
        let Some(call) = self.legs.get(&leg) else { return };
        if self.rooms.doors.contains_key(call) && self.far_leg(*call) == Some(leg) {
            self.command(Command::Mute { leg, on });
        }
    }

    /// Everybody in a room is in a call that is up, in one room only, and one who is alone hears something.
    pub(crate) fn check_rooms(&self) -> Result<(), String> {
        let members: usize = self.rooms.open.values().map(|r| r.members.len()).sum();
        if members != self.rooms.doors.len() {
            return Err(format!("{members} calls are in rooms and {} know it", self.rooms.doors.len()));
        }
        let mut mixes = std::collections::BTreeSet::new();
        for (door, room) in &self.rooms.open {
            if room.members.is_empty() || !mixes.insert(room.mix) || self.sessions.contains_key(&CallId(room.mix.0)) {
                return Err(format!("room {} is empty, or shares its mix", door.1));
            }
            for (call, member) in &room.members {
                let Some(s) = self.sessions.get(call) else { return Err(format!("call {call} is over and in room {}", door.1)) };
                let own = s.call.far().is_some_and(|l| l.id == member.leg && l.state >= call::LegState::Answered);
                if !own || s.stage != crate::session::Stage::Up || s.tenant != door.0 || self.rooms.doors.get(call) != Some(door)
                {
                    return Err(format!("call {call} is in room {} without a leg there", door.1));
                }
                let alone = room.members.len() == 1;
                if self.far_leg(*call).is_some() && alone != (s.talk.sound == Sound::Music) {
                    return Err(format!("call {call} of {} in room {} hears {:?}", room.members.len(), door.1, s.talk.sound));
                }
            }
        }
        Ok(())
    }
}
