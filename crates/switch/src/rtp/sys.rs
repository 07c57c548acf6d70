//! The few calls the standard library does not offer: the pacing clock, the scheduling class, mapped files, undoing
//! `connect` on a UDP socket and the time at which a datagram came. Everything unsafe of the media threads is here.

use memmap2::{Advice, Mmap};
use socket2::{SockAddr, SockAddrStorage};
use std::{
    fs::File,
    io,
    net::{SocketAddr, UdpSocket},
    os::fd::AsRawFd,
    time::Duration,
};

const NS: u64 = 1_000_000_000;

/// CLOCK_MONOTONIC in nanoseconds.
#[expect(
    unsafe_code,
    reason = "clock_gettime into a local timespec; std's Instant hides the absolute value that sleep_until_ns needs"
)]
pub fn now_ns() -> u64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is a valid timespec for the duration of the call; CLOCK_MONOTONIC always exists on Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    t.tv_sec as u64 * NS + t.tv_nsec as u64
}

/// Sleeps to an absolute point of CLOCK_MONOTONIC, so that no drift adds up. May wake early on a signal.
#[expect(unsafe_code, reason = "clock_nanosleep with an absolute time has no counterpart in std")]
pub fn sleep_until_ns(due: u64) {
    let t = libc::timespec { tv_sec: (due / NS) as libc::time_t, tv_nsec: (due % NS) as libc::c_long };
    // SAFETY: `t` is a valid timespec; the remaining-time pointer may be null.
    unsafe { libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &t, std::ptr::null_mut()) };
}

/// Puts the calling thread into SCHED_FIFO at a low real-time priority.
///
/// # Errors
/// The system refuses (no CAP_SYS_NICE and no rtprio limit).
#[expect(unsafe_code, reason = "sched_setscheduler has no counterpart in std")]
pub fn run_in_real_time() -> io::Result<()> {
    // SAFETY: all-zero is a valid sched_param; the pointer is valid during the call; pid 0 is the calling thread.
    let outcome = unsafe {
        let mut p: libc::sched_param = std::mem::zeroed();
        p.sched_priority = 10;
        libc::sched_setscheduler(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, &p)
    };
    if outcome == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Raises the soft limit of open files to the hard one: a leg takes two.
#[expect(unsafe_code, reason = "getrlimit and setrlimit have no counterpart in std")]
pub fn raise_file_limit() {
    // SAFETY: `limit` is a valid rlimit for both calls.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) == 0 && limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
        }
    }
}

/// Undoes `connect` on a UDP socket: it hears every source again and keeps its port.
#[expect(unsafe_code, reason = "connect to AF_UNSPEC has no counterpart in std")]
pub fn disconnect(socket: &UdpSocket) {
    // SAFETY: all-zero is a valid sockaddr, its length is given, the descriptor is open. A failure leaves the socket
    // connected, which the next latch attempt will meet again.
    unsafe {
        let mut a: libc::sockaddr = std::mem::zeroed();
        a.sa_family = libc::AF_UNSPEC as libc::sa_family_t;
        libc::connect(socket.as_raw_fd(), &a, size_of::<libc::sockaddr>() as libc::socklen_t);
    }
}

/// Asks the system to note the time of day at which each datagram arrives.
#[expect(unsafe_code, reason = "SO_TIMESTAMPNS has no counterpart in std or socket2")]
pub fn stamp_arrivals(socket: &UdpSocket) {
    let on: libc::c_int = 1;
    // SAFETY: the option value is a valid int of the length given. Where it is refused, arrivals are dated when read.
    unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPNS,
            (&raw const on).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        );
    }
}

/// Reads a datagram of a socket given to [`stamp_arrivals`]: its length, whose it is, and when it arrived, since 1970.
///
/// # Errors
/// The system's own; `WouldBlock` when nothing waits.
#[expect(unsafe_code, reason = "recvmsg with control data has no counterpart in std; socket2 leaves the control data raw")]
pub fn receive_stamped(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr, Option<Duration>)> {
    // Eight-byte words: control messages are aligned like usize.
    let mut control = [0_u64; 16];
    let mut name = SockAddrStorage::zeroed();
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: all-zero is a valid msghdr; `name`, `part`, `buffer` and `control` outlive the call and have the lengths given.
    // The kernel fills `name` with an address of the length it tells. The control messages are walked with libc's own
    // functions within the length the kernel wrote; a timespec is read (unaligned) only from one that says it carries one.
    let (n, name, at) = unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_name = (&raw mut name).cast();
        message.msg_namelen = name.size_of();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = size_of_val(&control);
        let n = libc::recvmsg(socket.as_raw_fd(), &raw mut message, libc::MSG_DONTWAIT);
        let n = usize::try_from(n).map_err(|_| io::Error::last_os_error())?;
        let mut at = None;
        let mut head = libc::CMSG_FIRSTHDR(&raw const message);
        while let Some(h) = head.as_ref() {
            if h.cmsg_level == libc::SOL_SOCKET && h.cmsg_type == libc::SCM_TIMESTAMPNS {
                let t: libc::timespec = std::ptr::read_unaligned(libc::CMSG_DATA(h).cast());
                at = Some(Duration::new(t.tv_sec.try_into().unwrap_or(0), t.tv_nsec.try_into().unwrap_or(0)));
            }
            head = libc::CMSG_NXTHDR(&raw const message, h);
        }
        (n, SockAddr::new(name, message.msg_namelen), at)
    };
    let from = name.as_socket().ok_or(io::ErrorKind::InvalidData)?;
    Ok((n, from, at))
}

/// Maps a prompt for reading.
///
/// # Errors
/// The system's own.
#[expect(unsafe_code, reason = "a mapping is only sound while nobody shortens the file")]
pub fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: prompts are content-addressed: written beside, renamed into place and never written again.
    let map = unsafe { Mmap::map(file)? };
    // Only advice: a system that does not take it plays all the same.
    let _ = map.advise(Advice::Sequential);
    Ok(map)
}
