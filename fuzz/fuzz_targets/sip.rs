//! Any bytes at the gate; what passes must be one whole message that passes again unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use switch::sip::gate::{self, Verdict};

fuzz_target!(|data: &[u8]| {
    let source = ([192, 0, 2, 1], 5060).into();
    let _ = gate::frame(data);
    if let Verdict::Pass { message, .. } = gate::inspect(data, source, switch::sip::wire::Wire::Udp) {
        assert_eq!(gate::frame(&message), Ok(Some(message.len())));
        let again = gate::inspect(&message, source, switch::sip::wire::Wire::Udp);
        assert!(matches!(again, Verdict::Pass { message: m, .. } if m == message));
    }
});
