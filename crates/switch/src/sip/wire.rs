//! The ways a SIP message travels.

/// Transport of one message. WebSockets come by the web port, with or without TLS in front of it (RFC 7118).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wire {
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,
}

impl Wire {
    /// As Via writes it.
    pub const fn via(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// As a URI of ours ends (RFC 3261 §19.1.1, RFC 7118 §7).
    pub const fn uri_param(self) -> &'static str {
        match self {
            Self::Udp => "",
            Self::Tcp => ";transport=tcp",
            Self::Tls => ";transport=tls",
            Self::Ws | Self::Wss => ";transport=ws",
        }
    }

    pub const fn is_stream(self) -> bool {
        !matches!(self, Self::Udp)
    }

    pub const fn is_web(self) -> bool {
        matches!(self, Self::Ws | Self::Wss)
    }

    pub const fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 5060,
            Self::Tls => 5061,
            Self::Ws => 80,
            Self::Wss => 443,
        }
    }

    /// From Via, a `transport=` parameter or a stored code; case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Udp, Self::Tcp, Self::Tls, Self::Ws, Self::Wss].into_iter().find(|w| w.via().eq_ignore_ascii_case(text.trim()))
    }
}
