//! Two sessions fed with each other's signals as fast as the processor can.

#[path = "support/pages.rs"]
mod pages;

use fax::{FaxError, Session, Transport};
use media::g711::Law;
use model::telephony::{FaxDocument, FaxEnd, FaxJob, FaxOutcome, FaxStage};
use pages::{assert_same, difference, page, read_tiff, write_tiff};
use std::path::{Path, PathBuf};

const STEP: usize = 160;
/// Ten minutes of line time; a broken session would never end.
const STEPS_MAX: usize = 30_000;

struct Desk {
    dir: tempfile::TempDir,
    sent: Vec<Vec<u8>>,
}

impl Desk {
    fn with_pages(count: usize, rows: usize) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let sent: Vec<Vec<u8>> = (0..count).map(|n| page(n, rows)).collect();
        write_tiff(&dir.path().join("out.tif"), &sent);
        Self { dir, sent }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn jobs(&self) -> (FaxJob, FaxJob) {
        let path = |name: &str| self.path(name).to_string_lossy().into_owned();
        let send = FaxJob { station: "+86 10 8888 6666".into(), ..FaxJob::new(FaxDocument::Send { path: path("out.tif") }) };
        let receive = FaxJob { station: "+86 21 5555 0000".into(), ..FaxJob::new(FaxDocument::Receive { path: path("in.tif") }) };
        (send, receive)
    }
}

fn open(jobs: &(FaxJob, FaxJob)) -> (Session, Session) {
    (Session::open(&jobs.0).expect("the sender opens"), Session::open(&jobs.1).expect("the receiver opens"))
}

/// A line of 20 ms delay each way in one of the laws of G.711.
struct Line {
    law: Law,
    a: Vec<i16>,
    b: Vec<i16>,
}

impl Line {
    fn new(law: Law) -> Self {
        Self { law, a: vec![0; STEP], b: vec![0; STEP] }
    }

    fn step(&mut self, a: &mut Session, b: &mut Session) {
        let (mut from_a, mut from_b) = (vec![0; STEP], vec![0; STEP]);
        a.audio(&mut self.a, &mut from_a);
        b.audio(&mut self.b, &mut from_b);
        (self.a, self.b) = (from_b, from_a);
        let mut octets = [0; STEP];
        for heard in [&mut self.a, &mut self.b] {
            self.law.encode_into(heard, &mut octets);
            self.law.decode_into(&octets, heard);
        }
    }
}

fn over_audio(law: Law, a: &mut Session, b: &mut Session, mut until: impl FnMut(usize) -> bool) {
    let mut line = Line::new(law);
    for n in 0..STEPS_MAX {
        line.step(a, b);
        if (a.is_over() && b.is_over()) || until(n) {
            return;
        }
    }
    panic!("the session does not end");
}

/// Every 20 ms; `lost` says whether packet n is lost.
fn over_t38(a: &mut Session, b: &mut Session, lost: impl FnMut(usize) -> bool) {
    over_t38_until(a, b, lost, |_, _| false);
}

fn over_t38_until(
    a: &mut Session,
    b: &mut Session,
    mut lost: impl FnMut(usize) -> bool,
    mut until: impl FnMut(&mut Session, usize) -> bool,
) {
    let (mut to_b, mut to_a, mut n) = (0, 0, 0);
    let mut carry = |from: &mut Session, to: &mut Session, number: &mut u16| {
        from.elapse(STEP as u32);
        while let Some(packet) = from.next_packet() {
            n += 1;
            if !lost(n) {
                to.packet(*number, &packet.ifp);
            }
            *number = number.wrapping_add(1);
        }
    };
    for step in 0..STEPS_MAX {
        carry(a, b, &mut to_b);
        carry(b, a, &mut to_a);
        if (a.is_over() && b.is_over()) || until(b, step) {
            return;
        }
    }
    panic!("the session does not end");
}

fn stages(s: &mut Session) -> Vec<FaxStage> {
    std::iter::from_fn(|| s.stage()).collect()
}

fn results(a: Session, b: Session) -> (FaxOutcome, FaxOutcome) {
    (a.close(FaxEnd::HungUp), b.close(FaxEnd::HungUp))
}

#[test]
fn three_pages_over_g711_arrive_pixel_by_pixel() {
    for (law, ecm) in [(Law::A, true), (Law::Mu, true), (Law::A, false), (Law::Mu, false)] {
        let desk = Desk::with_pages(3, 500);
        let mut jobs = desk.jobs();
        jobs.0.ecm = ecm;
        let (mut a, mut b) = open(&jobs);
        over_audio(law, &mut a, &mut b, |_| false);
        assert!(stages(&mut b).contains(&FaxStage::Pages { pages: 3 }));
        assert!(stages(&mut a).contains(&FaxStage::Negotiated { rate_bps: 14_400, ecm }));
        let (sent, received) = results(a, b);
        for o in [&sent, &received] {
            assert_eq!(
                (o.end, o.pages, o.pages_partial, o.rate_bps, o.ecm, o.t30_code),
                (FaxEnd::Complete, 3, 0, 14_400, ecm, Some(0)),
                "{o:?}"
            );
            assert_eq!(o.transport, Transport::G711);
            assert!((15..300).contains(&o.seconds), "{o:?}");
        }
        assert_eq!(sent.pages_in_document, Some(3));
        assert_eq!(sent.remote_station.as_deref(), Some("+86 21 5555 0000"));
        assert_eq!(received.remote_station.as_deref(), Some("+86 10 8888 6666"));
        assert_same(&desk.sent, &desk.path("in.tif"));
    }
}

#[test]
fn three_pages_over_t38_arrive_pixel_by_pixel() {
    let desk = Desk::with_pages(3, 500);
    let (mut a, mut b) = open(&desk.jobs());
    // The stations begin in G.711 and are moved before they have agreed.
    over_audio(Law::A, &mut a, &mut b, |n| n == 50);
    a.carry(Transport::T38).unwrap();
    b.carry(Transport::T38).unwrap();
    over_t38(&mut a, &mut b, |_| false);
    assert!(stages(&mut a).contains(&FaxStage::Carried { transport: Transport::T38 }));
    assert!(matches!(a.carry(Transport::G711), Err(FaxError::UnderWay)));
    let (sent, received) = results(a, b);
    for o in [&sent, &received] {
        assert_eq!((o.end, o.pages, o.transport, o.ecm), (FaxEnd::Complete, 3, Transport::T38, true), "{o:?}");
    }
    assert_same(&desk.sent, &desk.path("in.tif"));
}

#[test]
fn lost_ifp_packets_are_asked_for_again_by_ecm() {
    let desk = Desk::with_pages(1, 500);
    let (mut a, mut b) = open(&desk.jobs());
    a.carry(Transport::T38).unwrap();
    b.carry(Transport::T38).unwrap();
    over_t38(&mut a, &mut b, |n| n > 60 && n.is_multiple_of(97));
    let (sent, received) = results(a, b);
    assert_eq!((sent.end, received.end), (FaxEnd::Complete, FaxEnd::Complete), "{sent:?} {received:?}");
    assert_same(&desk.sent, &desk.path("in.tif"));
}

/// Eight seconds into the second page.
fn in_the_second_page() -> impl FnMut(&mut Session, usize) -> bool {
    let mut first = None;
    move |receiver, step| {
        if stages(receiver).contains(&FaxStage::Pages { pages: 1 }) {
            first = Some(step);
        }
        first.is_some_and(|f| step > f + 400)
    }
}

#[test]
fn a_line_that_breaks_in_mid_page_keeps_what_came() {
    for (t38, ecm) in [(false, false), (true, false), (true, true)] {
        let desk = Desk::with_pages(2, 1_000);
        let mut jobs = desk.jobs();
        jobs.1.ecm = ecm;
        let (mut a, mut b) = open(&jobs);
        let mut broken = in_the_second_page();
        if t38 {
            a.carry(Transport::T38).unwrap();
            b.carry(Transport::T38).unwrap();
            over_t38_until(&mut a, &mut b, |_| false, broken);
        } else {
            let mut line = Line::new(Law::A);
            let ends = (0..STEPS_MAX).any(|n| {
                line.step(&mut a, &mut b);
                broken(&mut b, n)
            });
            assert!(ends);
        }
        let (sent, received) = results(a, b);
        assert_eq!((sent.end, sent.pages, sent.t30_code), (FaxEnd::HungUp, 1, None), "{sent:?}");
        let kept = if ecm { 0 } else { 1 };
        assert_eq!((received.end, received.pages, received.pages_partial), (FaxEnd::HungUp, 1, kept), "{t38} {ecm} {received:?}");
        if ecm {
            // The page fits in one block of error correction, of which nothing is kept.
            assert!(received.text.contains("is lost"), "{received:?}");
            assert_same(&desk.sent[..1], &desk.path("in.tif"));
            continue;
        }
        assert!(received.text.contains("cut off"), "{received:?}");
        let got = read_tiff(&desk.path("in.tif"));
        assert_eq!(got.len(), 2);
        assert_eq!(difference(&got[0], &desk.sent[0]), 0);
        let rows = got[1].len();
        assert!(rows > 0 && rows < desk.sent[1].len(), "{} of {} octets", rows, desk.sent[1].len());
        assert_eq!(got[1], desk.sent[1][..rows], "what came of the page is right");
    }
}

#[test]
fn nobody_there_is_said_so() {
    let desk = Desk::with_pages(1, 100);
    let (mut a, _) = open(&desk.jobs());
    let (mut heard, mut said) = (vec![0; STEP], vec![0; STEP]);
    let mut steps = 0;
    while !a.is_over() && steps < STEPS_MAX {
        a.audio(&mut heard, &mut said);
        heard.fill(0);
        steps += 1;
    }
    let o = a.close(FaxEnd::HungUp);
    assert_eq!((o.end, o.pages, o.rate_bps), (FaxEnd::Protocol, 0, 0), "{o:?}");
    assert!(!o.text.is_empty() && o.t30_code.is_some_and(|c| c > 0), "{o:?}");
}

#[test]
fn limits_end_a_session() {
    let desk = Desk::with_pages(3, 200);
    let mut jobs = desk.jobs();
    jobs.1.pages_max = 1;
    let (mut a, mut b) = open(&jobs);
    over_audio(Law::A, &mut a, &mut b, |_| false);
    let (_, received) = results(a, b);
    assert!((1..=2).contains(&received.pages) && received.end == FaxEnd::PageLimit, "{received:?}");

    let desk = Desk::with_pages(3, 2_000);
    let mut jobs = desk.jobs();
    jobs.1.seconds_max = 30;
    let (mut a, mut b) = open(&jobs);
    over_audio(Law::A, &mut a, &mut b, |n| n > 2_000);
    let (_, received) = results(a, b);
    assert_eq!((received.end, received.seconds), (FaxEnd::TimeLimit, 30), "{received:?}");
}

#[test]
fn noise_is_no_fax_and_harms_nothing() {
    let desk = Desk::with_pages(1, 100);
    let (_, mut b) = open(&desk.jobs());
    let mut state = 1_u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as i16
    };
    for _ in 0..1_000 {
        let mut heard: Vec<i16> = (0..STEP).map(|_| noise()).collect();
        b.audio(&mut heard, &mut vec![0; STEP]);
    }
    b.carry(Transport::T38).unwrap();
    for n in 0..5_000_u16 {
        let ifp: Vec<u8> = (0..usize::from(n % 90) + 1).map(|_| noise() as u8).collect();
        b.packet(n, &ifp);
        b.elapse(STEP as u32);
        while b.next_packet().is_some() {}
    }
    let o = b.close(FaxEnd::HungUp);
    assert_ne!(o.end, FaxEnd::Complete);
    assert_eq!(o.path, None, "{o:?}");
}

#[test]
fn a_header_is_printed_above_the_page() {
    let desk = Desk::with_pages(1, 300);
    let mut jobs = desk.jobs();
    jobs.0.header = "Fengling 风铃".into();
    let (mut a, mut b) = open(&jobs);
    over_audio(Law::A, &mut a, &mut b, |_| false);
    let (sent, _) = results(a, b);
    assert_eq!(sent.end, FaxEnd::Complete, "{sent:?}");
    let got = read_tiff(&desk.path("in.tif"));
    let added = got[0].len() - desk.sent[0].len();
    assert!(added > 0, "rows of the header");
    let ink = got[0][..added].iter().map(|b| b.count_ones()).sum::<u32>();
    assert!(ink > 500, "{ink} black pixels in the header");
    assert_eq!(got[0][added..], desk.sent[0][..]);
}

fn error(path: &Path) -> String {
    let job = FaxJob::new(FaxDocument::Send { path: path.to_string_lossy().into_owned() });
    Session::open(&job).err().expect("it is refused").to_string()
}

#[test]
fn documents_that_are_none_are_refused_with_reasons() {
    let desk = Desk::with_pages(1, 100);
    let file = |name: &str, bytes: &[u8]| {
        let path = desk.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    assert!(error(&desk.path("absent.tif")).contains("cannot be read"));
    assert!(error(&file("a.doc", b"hello")).contains("neither a TIFF nor a PDF"));
    assert!(error(&file("b.tif", b"II\x2A\0\xFF\xFF\0\0")).contains("outside the file"));
    assert!(error(&file("c.pdf", b"%PDF-1.7\nnonsense")).contains("cannot be read"));
    let good = std::fs::read(desk.path("out.tif")).unwrap();
    // Every cut and many single changes: refused or accepted, never a panic.
    for n in (0..good.len()).step_by(997) {
        let _ = fax::inspect(&file("cut.tif", &good[..n]), 10);
    }
    for n in good.len() - 180..good.len() {
        let mut bytes = good.clone();
        bytes[n] ^= 0xFF;
        let _ = fax::inspect(&file("bent.tif", &bytes), 10);
    }
    let mut many = desk.jobs().0;
    many.pages_max = 1;
    write_tiff(&desk.path("two.tif"), &[page(0, 50), page(1, 50)]);
    many.document = FaxDocument::Send { path: desk.path("two.tif").to_string_lossy().into_owned() };
    assert!(Session::open(&many).err().unwrap().to_string().contains("more than 1 pages"));
    let relative = FaxJob::new(FaxDocument::Receive { path: "in.tif".into() });
    assert!(matches!(Session::open(&relative), Err(FaxError::Path(_))));
    let again = FaxJob::new(FaxDocument::Receive { path: desk.path("out.tif").to_string_lossy().into_owned() });
    assert!(matches!(Session::open(&again), Err(FaxError::Io { .. })), "nothing is overwritten");
}

/// A PDF of one page per text, drawn by hand.
fn pdf(texts: &[&str]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let kids: String = (0..texts.len()).map(|n| format!("{} 0 R ", 4 + n * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {} /Kids [ {kids}] >>", texts.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    for (n, text) in texts.iter().enumerate() {
        let draw = format!("BT /F1 48 Tf 72 600 Td ({text}) Tj ET 72 300 200 100 re f");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + n * 2
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{draw}\nendstream", draw.len()));
    }
    for (n, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
    }
    let at = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).bytes());
    offsets.iter().for_each(|o| out.extend(format!("{o:010} 00000 n \n").bytes()));
    out.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n", offsets.len() + 1).bytes());
    out
}

#[test]
fn a_pdf_is_sent_and_a_pdf_received() {
    let desk = Desk::with_pages(1, 100);
    std::fs::write(desk.path("out.pdf"), pdf(&["Page one", "Page two"])).unwrap();
    let path = |name: &str| desk.path(name).to_string_lossy().into_owned();
    let send = FaxJob::new(FaxDocument::Send { path: path("out.pdf") });
    let receive = FaxJob::new(FaxDocument::Receive { path: path("in.pdf") });
    let (mut a, mut b) = open(&(send.clone(), receive));
    a.carry(Transport::T38).unwrap();
    b.carry(Transport::T38).unwrap();
    over_t38(&mut a, &mut b, |_| false);
    let (sent, received) = results(a, b);
    assert_eq!((sent.end, sent.pages_in_document, received.pages), (FaxEnd::Complete, Some(2), 2), "{sent:?} {received:?}");
    assert_eq!(received.path.as_deref(), Some(path("in.pdf").as_str()));
    assert!(!desk.path("in.pdf.tif").exists(), "nothing is left beside it");
    // What was received shows what was sent: both are rendered the same way and compared, an edge of a pixel allowed for.
    let outbox = |name: &str| fax::Outbox::open(&desk.path(name), 10).expect("rendered");
    let (before, after) = (outbox("out.pdf"), outbox("in.pdf"));
    let (before, after) = (read_tiff(&before.tiff), read_tiff(&after.tiff));
    assert_eq!(after.len(), 2);
    for (s, r) in before.iter().zip(&after) {
        let ink = s.iter().map(|b| b.count_ones() as usize).sum::<usize>();
        assert!(ink > 20_000, "{ink} black pixels");
        let wrong = difference(s, r);
        assert!(wrong * 20 < ink, "{wrong} of {ink} pixels differ");
    }
    let limited = FaxJob { pages_max: 1, ..send };
    assert!(Session::open(&limited).err().unwrap().to_string().contains("more than 1 pages"));
}

#[test]
fn a_pdf_that_never_ends_is_given_up() {
    let desk = Desk::with_pages(1, 100);
    // A file behind the page that asks for more than it may: reading a file outside is refused by the sandbox.
    let evil = b"%!PS\n(/etc/passwd) (r) file pop showpage\n";
    let path = desk.path("evil.pdf");
    std::fs::write(&path, [&b"%PDF-1.4\n"[..], evil].concat()).unwrap();
    assert!(error(&path).contains("cannot be read"));
}
