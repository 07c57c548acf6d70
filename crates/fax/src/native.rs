//! The one place that calls spandsp. Everything of it is owned by an [`Engine`]; nothing is shared between engines.
//!
//! spandsp calls back while we are inside one of its functions, on the same thread. The callbacks only note what happened
//! in [`Seen`], behind a lock that is never held across a call; they cannot unwind into C.
#![expect(unsafe_code, reason = "the safe half of the spandsp crate lacks identification, headers and callbacks")]

use crate::FaxError;
use spandsp::fax::FaxState;
use spandsp::spandsp_sys as sys;
use spandsp::t30::T30State;
use spandsp::t38_core::{T38DataRateManagement, T38Version};
use spandsp::t38_terminal::T38Terminal;
use spandsp::{ReceivePageKind, ReceiveRecovery};
use std::collections::VecDeque;
use std::ffi::{CStr, CString, c_int, c_void};
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Packets that may wait to be sent; the owner takes them after every call.
const PACKETS_MAX: usize = 64;

/// An IFP packet to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub ifp: Vec<u8>,
    /// The datagram goes out so many times: signals without a successor to repeat them.
    pub copies: u8,
}

/// What both directions are told before they begin.
#[derive(Clone, Debug)]
pub struct Setup {
    pub sends: bool,
    pub file: CString,
    pub station: CString,
    pub header: Option<CString>,
    /// POSIX time zone of the date in the header.
    pub zone: CString,
    pub ecm: bool,
}

/// What the callbacks noted.
#[derive(Debug, Default)]
struct Seen {
    packets: VecDeque<Packet>,
    negotiated: bool,
    pages: u16,
    over: Option<i32>,
}

/// Figures of a session so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub rate_bps: u32,
    pub ecm: bool,
    pub rows: u32,
}

/// What a receiver left in its file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept {
    pub whole: u16,
    pub partial: u16,
    /// A page was under way and is not in the file, or not to its end.
    pub missing: bool,
    /// The file could not be written or closed.
    pub failed: bool,
}

enum Machine {
    Audio(FaxState),
    T38(T38Terminal),
}

/// One T.30 session. Freed before what its callbacks write to.
pub struct Engine {
    machine: Machine,
    seen: Arc<Mutex<Seen>>,
}

type Shared = Mutex<Seen>;

fn noted(seen: &Shared) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `f` on what a callback was registered with; a panic stays on this side of the border.
///
/// # Safety
/// `data` is the pointer of an `Arc<Mutex<Seen>>` that is alive.
unsafe fn note(data: *mut c_void, f: impl FnOnce(&mut Seen)) {
    // SAFETY: by the contract of this function; only a shared reference is made, the lock guards what lies behind it.
    let Some(seen) = (unsafe { data.cast::<Shared>().as_ref() }) else { return };
    let _ = catch_unwind(std::panic::AssertUnwindSafe(|| f(&mut noted(seen))));
}

unsafe extern "C" fn on_packet(
    _: *mut sys::t38_core_state_t,
    data: *mut c_void,
    octets: *const u8,
    len: c_int,
    count: c_int,
) -> c_int {
    let Ok(len) = usize::try_from(len) else { return -1 };
    if octets.is_null() {
        return -1;
    }
    // SAFETY: spandsp hands out `len` octets of its own buffer, valid for the duration of the call.
    let ifp = unsafe { std::slice::from_raw_parts(octets, len) }.to_vec();
    let copies = count.clamp(1, 8) as u8;
    // SAFETY: registered in `Engine::t38` with the pointer of an Arc that outlives the terminal.
    unsafe {
        note(data, |seen| {
            if seen.packets.len() < PACKETS_MAX {
                seen.packets.push_back(Packet { ifp, copies });
            }
        });
    }
    0
}

unsafe extern "C" fn on_phase_b(data: *mut c_void, _: c_int) -> c_int {
    // SAFETY: registered in `configure` with the pointer of an Arc that outlives the engine.
    unsafe { note(data, |seen| seen.negotiated = true) };
    0
}

unsafe extern "C" fn on_phase_d(data: *mut c_void, _: c_int) -> c_int {
    // SAFETY: as above.
    unsafe { note(data, |seen| seen.pages = seen.pages.saturating_add(1)) };
    0
}

unsafe extern "C" fn on_phase_e(data: *mut c_void, code: c_int) {
    // SAFETY: as above.
    unsafe { note(data, |seen| seen.over = Some(code)) };
}

impl Engine {
    /// T.30 through the modems of an analogue line.
    pub fn audio(setup: &Setup) -> Result<Self, FaxError> {
        let state = if setup.sends { FaxState::new(true) } else { FaxState::new_receiver(ReceiveRecovery::PreserveDecodedRows) };
        let machine = Machine::Audio(state.map_err(|_| FaxError::Memory)?);
        Self::finish(machine, Arc::default(), setup, |m| {
            if let Machine::Audio(state) = m {
                state.set_transmit_on_idle(true);
            }
        })
    }

    /// T.30 as a T.38 terminal (version 0, transferred TCF: what every gateway speaks over UDPTL).
    pub fn t38(setup: &Setup) -> Result<Self, FaxError> {
        let seen: Arc<Shared> = Arc::default();
        let data = Arc::as_ptr(&seen).cast_mut().cast::<c_void>();
        // SAFETY: the callback does not unwind and touches nothing but `seen`, which this engine keeps alive until the
        // terminal is freed (field order).
        let terminal = unsafe {
            if setup.sends {
                T38Terminal::new_raw(true, Some(on_packet), data)
            } else {
                T38Terminal::new_receiver_raw(ReceiveRecovery::PreserveDecodedRows, Some(on_packet), data)
            }
        };
        let machine = Machine::T38(terminal.map_err(|_| FaxError::Memory)?);
        Self::finish(machine, seen, setup, |m| {
            if let Machine::T38(terminal) = m
                && let Ok(core) = terminal.get_t38_core_state()
            {
                core.set_t38_version(T38Version::V0);
                core.set_data_rate_management_method(T38DataRateManagement::TransferredTcf);
            }
        })
    }

    fn finish(machine: Machine, seen: Arc<Shared>, setup: &Setup, more: impl FnOnce(&Machine)) -> Result<Self, FaxError> {
        let engine = Self { machine, seen };
        more(&engine.machine);
        let t30 = engine.t30().ok_or(FaxError::Memory)?;
        let (raw, data) = (t30.as_ptr(), Arc::as_ptr(&engine.seen).cast_mut().cast::<c_void>());
        let modems = sys::T30_SUPPORT_V27TER | sys::T30_SUPPORT_V29 | sys::T30_SUPPORT_V17;
        let coding = sys::t4_image_compression_t_T4_COMPRESSION_T4_1D
            | sys::t4_image_compression_t_T4_COMPRESSION_T4_2D
            | sys::t4_image_compression_t_T4_COMPRESSION_T6;
        // SAFETY: `raw` is the live T.30 state inside the engine; the strings are NUL-terminated, copied by spandsp and shorter
        // than its limits (`session` cuts them); the callbacks do not unwind and their data outlives the state.
        unsafe {
            sys::t30_set_tx_ident(raw, setup.station.as_ptr());
            if let Some(header) = &setup.header {
                sys::t30_set_tx_page_header_info(raw, header.as_ptr());
                sys::t30_set_tx_page_header_tz(raw, setup.zone.as_ptr());
            }
            sys::t30_set_ecm_capability(raw, setup.ecm);
            sys::t30_set_supported_modems(raw, modems as c_int);
            sys::t30_set_supported_compressions(raw, coding as c_int);
            // What is received is kept as one T.6 strip a page.
            sys::t30_set_supported_output_compressions(raw, sys::t4_image_compression_t_T4_COMPRESSION_T6 as c_int);
            if setup.sends {
                sys::t30_set_tx_file(raw, setup.file.as_ptr(), -1, -1);
            } else {
                sys::t30_set_rx_file(raw, setup.file.as_ptr(), -1);
            }
            t30.set_phase_b_handler_raw(Some(on_phase_b), data);
            t30.set_phase_d_handler_raw(Some(on_phase_d), data);
            t30.set_phase_e_handler_raw(Some(on_phase_e), data);
        }
        drop(t30);
        Ok(engine)
    }

    fn t30(&self) -> Option<T30State<'_>> {
        match &self.machine {
            Machine::Audio(state) => state.get_t30_state().ok(),
            Machine::T38(terminal) => terminal.get_t30_state().ok(),
        }
    }

    /// What the far end says. Nothing happens on a T.38 engine.
    pub fn hear(&mut self, samples: &mut [i16]) {
        if let Machine::Audio(state) = &self.machine {
            state.rx(samples);
        }
    }

    /// What we say; padded with silence.
    pub fn speak(&mut self, out: &mut [i16]) {
        let made = match &self.machine {
            Machine::Audio(state) => state.tx(out).min(out.len()),
            Machine::T38(_) => 0,
        };
        out[made..].fill(0);
    }

    /// An IFP packet of the far end. What spandsp cannot read it drops.
    pub fn packet(&mut self, sequence: u16, ifp: &[u8]) {
        if let Machine::T38(terminal) = &self.machine
            && let Ok(core) = terminal.get_t38_core_state()
        {
            let _ = core.rx_ifp_packet(ifp, sequence);
        }
    }

    /// Time has passed on a T.38 engine.
    pub fn elapse(&mut self, samples: u32) {
        if let Machine::T38(terminal) = &self.machine {
            terminal.send_timeout(i32::try_from(samples).unwrap_or(i32::MAX));
        }
    }

    pub fn next_packet(&mut self) -> Option<Packet> {
        noted(&self.seen).packets.pop_front()
    }

    pub fn negotiated(&self) -> bool {
        noted(&self.seen).negotiated
    }

    pub fn pages(&self) -> u16 {
        noted(&self.seen).pages
    }

    /// The result of T.30 once it has come to an end.
    pub fn over(&self) -> Option<i32> {
        noted(&self.seen).over
    }

    pub fn figures(&self) -> Figures {
        let Some(t30) = self.t30() else { return Figures::default() };
        let s = t30.get_transfer_statistics();
        Figures {
            rate_bps: u32::try_from(s.bit_rate).unwrap_or(0),
            ecm: s.error_correcting_mode != 0,
            rows: u32::try_from(s.length).unwrap_or(0),
        }
    }

    /// Identification of the far station.
    pub fn remote_station(&self) -> Option<String> {
        let t30 = self.t30()?;
        // SAFETY: the state is live; the pointer is null or a NUL-terminated string inside it, copied before anything else is called.
        let text = unsafe {
            let raw = sys::t30_get_rx_ident(t30.as_ptr());
            if raw.is_null() {
                return None;
            }
            CStr::from_ptr(raw).to_string_lossy().into_owned()
        };
        let text: String = text.trim().chars().filter(|c| !c.is_control()).take(20).collect();
        (!text.is_empty()).then_some(text)
    }

    /// Ends a receiver: what has come is written and the file closed. Nothing is heard or said afterwards. With error
    /// correction a page under way is kept by whole blocks of 64 KB only: spandsp takes frames of 256 octets for too long when it
    /// saves the rest.
    pub fn close_receiver(&mut self) -> Kept {
        let report = match &mut self.machine {
            Machine::Audio(state) => state.finalize_receive(),
            Machine::T38(terminal) => terminal.finalize_receive(),
        };
        let partial = report.pages.iter().filter(|p| p.kind == ReceivePageKind::RecoveredPartial).count();
        let whole = report.pages.len() - partial;
        Kept {
            whole: u16::try_from(whole).unwrap_or(u16::MAX),
            partial: u16::try_from(partial).unwrap_or(u16::MAX),
            missing: report.missing_tail,
            failed: report.output_error.is_some() || !report.output_closed,
        }
    }

    /// Ends T.30 before its time; what a receiver has of a page is kept.
    pub fn hang_up(&mut self) {
        if let Some(t30) = self.t30() {
            // SAFETY: the state is live and we are in none of its callbacks.
            unsafe { sys::t30_terminate(t30.as_ptr()) };
        }
    }
}

/// The library's words for a result.
pub fn result_text(code: i32) -> String {
    // SAFETY: the function returns a static string for every number.
    let text = unsafe { sys::t30_completion_code_to_str(code) };
    if text.is_null() {
        return format!("T.30 result {code}");
    }
    // SAFETY: a static NUL-terminated string.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
