//! Voice or not, frame by frame: energy over a floor that follows the quietest of the last second, with noise told from voice
//! by the flatness of its spectrum.

use super::spectrum::Look;

/// Frames over which the quietest is remembered, in two halves.
const HALF: u32 = 30;
/// Frames at the beginning after which the floor is taken as it is, if it is not as loud as speech.
const FIRST: u32 = 8;
const FIRST_DB_MAX: f32 = -36.0;
/// Never voice below this, always loud enough above [`SURE_DB`].
const VOICE_DB_MIN: f32 = -42.0;
const SURE_DB: f32 = -18.0;
const START_OVER_FLOOR_DB: f32 = 10.0;
const KEEP_OVER_FLOOR_DB: f32 = 6.0;
/// Voices further behind the speaker than this are other people's.
const BEHIND_DB: f32 = 16.0;
/// How fast the loudest is forgotten, per frame.
const LOUDEST_FADES_DB: f32 = 0.1;
/// Flatter than this is hiss, unless it stands far over the floor.
const FLAT: f32 = 0.42;

/// The floor and the last decision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    floor_db: f32,
    /// The last frames' level, and the loudest of it of late.
    level_db: f32,
    loudest_db: f32,
    half_min: [f32; 2],
    in_half: u32,
    heard: u32,
    /// The last frames, newest in the lowest bit.
    recent: u8,
    on: bool,
}

impl Voice {
    pub(super) const fn new() -> Self {
        Self {
            floor_db: -62.0,
            level_db: -70.0,
            loudest_db: -70.0,
            half_min: [0.0; 2],
            in_half: 0,
            heard: 0,
            recent: 0,
            on: false,
        }
    }

    /// Of the last frames, dBm0.
    pub(super) const fn level_db(&self) -> f32 {
        self.level_db
    }

    /// Whether there is voice in this frame. Tones are for the caller to take out.
    pub(super) fn on_frame(&mut self, look: &Look) -> bool {
        let db = look.frame_db.max(-80.0);
        self.follow(db);
        let over = if self.on { KEEP_OVER_FLOOR_DB } else { START_OVER_FLOOR_DB };
        self.level_db += (db - self.level_db) * 0.4;
        self.loudest_db = self.level_db.max(self.loudest_db - LOUDEST_FADES_DB);
        let near = self.loudest_db - BEHIND_DB;
        let threshold = (self.floor_db + over).clamp(VOICE_DB_MIN, SURE_DB).max(near);
        let hiss = look.flatness > FLAT && (!self.on || db < self.floor_db + 15.0);
        let loud = db > threshold && !hiss;
        self.recent = (self.recent << 1) | u8::from(loud);
        let lately = (self.recent & 0x1F).count_ones();
        self.on = if self.on { (self.recent & 0x07) != 0 } else { lately >= 3 };
        self.on
    }

    /// The quietest of one to two halves; what is quieter than all counts at once.
    fn follow(&mut self, db: f32) {
        self.half_min[1] = self.half_min[1].min(db);
        self.in_half += 1;
        if self.heard < FIRST {
            self.heard += 1;
            self.floor_db = self.half_min[1].min(FIRST_DB_MAX);
            return;
        }
        if self.in_half >= HALF {
            self.in_half = 0;
            self.half_min = [self.half_min[1], 0.0];
        }
        let quietest = self.half_min[0].min(self.half_min[1]);
        self.floor_db = if quietest < self.floor_db { quietest } else { self.floor_db + (quietest - self.floor_db) * 0.05 };
    }
}
