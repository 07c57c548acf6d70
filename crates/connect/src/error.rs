//! Why an outside service gave no answer.

/// No usable answer came. `Display` is English, [`HttpError::zh`] Chinese; neither holds the URL, which may carry a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("`{0}` is not an http:// or https:// address; check the URL")]
    Url(String),
    #[error(
        "requests to {0} are not allowed (link-local and cloud metadata addresses never, this machine itself only with `outgoing.loopback_allowed` in fengling.toml); use another address"
    )]
    Refused(String),
    #[error("`{0}` is not an HTTP method")]
    Method(String),
    #[error("header `{0}` is not valid in HTTP")]
    Header(String),
    #[error("no answer within {ms} ms; check whether the service is up and reachable from here")]
    Timeout { ms: u64 },
    #[error("cannot connect: {0}; check address, port, firewall and certificate")]
    Connect(String),
    #[error("the answer is larger than {max} bytes")]
    TooLarge { max: usize },
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("no TLS client could be made: {0}")]
    Tls(String),
}

impl HttpError {
    pub fn zh(&self) -> String {
        match self {
            Self::Url(u) => format!("“{u}”不是 http:// 或 https:// 地址，请检查网址"),
            Self::Refused(a) => format!(
                "不允许访问 {a}（本地链路和云主机元数据地址一律拒绝；访问本机须在 fengling.toml 中设置 outgoing.loopback_allowed = true），请换一个地址"
            ),
            Self::Method(m) => format!("“{m}”不是 HTTP 方法"),
            Self::Header(h) => format!("请求头“{h}”不合规"),
            Self::Timeout { ms } => format!("{ms} 毫秒内没有应答，请检查对方服务是否正常、本机能否访问"),
            Self::Connect(e) => format!("连接不上（{e}），请检查地址、端口、防火墙和证书"),
            Self::TooLarge { max } => format!("应答超过 {max} 字节"),
            Self::Broken(e) => format!("连接中断（{e}）"),
            Self::Tls(e) => format!("无法建立 TLS 客户端（{e}）"),
        }
    }

    /// From reqwest, without the URL.
    pub(crate) fn of(error: reqwest::Error, timeout_ms: u64) -> Self {
        let error = error.without_url();
        if let Some(refused) = crate::guard::refusal_in(&error) {
            return Self::Refused(refused);
        }
        if error.is_timeout() {
            return Self::Timeout { ms: timeout_ms };
        }
        let text = innermost(&error);
        if error.is_connect() { Self::Connect(text) } else { Self::Broken(text) }
    }
}

/// The last cause says what happened; those above it only who noticed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}
