//! A point in time as every room sees it: handed in, never read.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Milliseconds since the Unix epoch, UTC. In JSON an RFC 3339 string with milliseconds; in SQL a BIGINT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At(pub i64);

impl At {
    pub const fn ms(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`, never negative.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        let d = self.0.saturating_sub(earlier.0);
        if d < 0 { 0 } else { d }
    }

    /// As a jiff timestamp; out-of-range values are clamped to the epoch.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    pub fn to_rfc3339(self) -> String {
        format!("{:.3}", self.timestamp())
    }

    /// Parses RFC 3339.
    ///
    /// # Errors
    /// jiff's own message when the text is not RFC 3339.
    pub fn parse_rfc3339(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<jiff::Timestamp>().map(|t| Self(t.as_millisecond()))
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse_rfc3339(&text).map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
mod schema {
    use super::At;
    use utoipa::openapi::{
        KnownFormat, ObjectBuilder, RefOr, SchemaFormat,
        schema::{Schema, Type},
    };
    impl utoipa::PartialSchema for At {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).into()
        }
    }
    impl utoipa::ToSchema for At {}
}

#[cfg(test)]
mod tests {
    use super::At;

    #[test]
    fn round_trips_as_rfc3339() {
        let at = At(1_790_000_000_123);
        let text = serde_json::to_string(&at).unwrap();
        assert_eq!(text, "\"2026-09-21T14:13:20.123Z\"");
        assert_eq!(serde_json::from_str::<At>(&text).unwrap(), at);
    }
}
