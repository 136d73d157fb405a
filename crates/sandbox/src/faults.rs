//! Damage to a reply on its way, or to its content.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::Error;

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident $name:literal)*) => {
        /// Damage to a reply. The request before it was judged, spent and charged as always, unless it says otherwise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Fault {
            $($(#[$doc])* $variant,)*
            /// The gateway goes away for so many milliseconds, 30 000 at most: this request is not judged, every
            /// connection ends, the port refuses; then it listens again. `restart=500`
            Restart(u32),
            /// One byte every so many milliseconds, for 30 s at most; then the rest. `slow=1000`
            SlowBody(u32),
            /// Nothing comes for so many milliseconds, 30 000 at most; then the reply. `stall=800`
            StallBeforeHeaders(u32),
        }

        impl Fault {
            /// All of them, for listing; those with a time have the one that holds where none is given.
            pub const ALL: &[Self] = &[
                $(Self::$variant,)*
                Self::Restart(300),
                Self::SlowBody(100),
                Self::StallBeforeHeaders(30_000),
            ];

            /// Its name: `reset`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Restart(_) => "restart",
                    Self::SlowBody(_) => "slow",
                    Self::StallBeforeHeaders(_) => "stall",
                }
            }
        }
    };
}

faults! {
    /// The connection is closed without a reply.
    CloseBeforeReply "close"
    /// The right reply; a moment later the idle connection is closed, as gateways do.
    CloseWhenIdle "close-idle"
    /// Nested objects come as JSON strings, their text escaped once too often: `\\u003d`.
    DoubleEscapedData "double-escaped"
    /// HTTP 200 without a body.
    EmptyBody "empty"
    /// HTTP 200 with bytes that are no text.
    Garbage "garbage"
    /// `Content-Encoding: gzip`, unrequested: a little under 1 MiB that inflates to 1 GiB of zeros.
    GzipBomb "gzip-bomb"
    /// HTTP 200 with a page of HTML, as captive portals answer.
    Html200 "html-200"
    /// HTTP 502 with a page of HTML, as balancers answer.
    Html502 "html-502"
    /// A JSON object of 64 MiB.
    HugeBody "huge"
    /// Numbers where the document has strings, and strings where it has numbers.
    NumbersForStrings "numbers"
    /// The reply to another user's request: another id and another number.
    OtherReply "other-reply"
    /// HTTP 302 to another path of this port.
    Redirect "redirect"
    /// The connection is reset without a reply.
    ResetBeforeReply "reset"
    /// The connection is reset before the body is read: nothing is judged, and nothing is in the ledger.
    ResetBeforeRequest "reset-unread"
    /// Status and headers, and then nothing for 30 s.
    StallAfterHeaders "stall-after-headers"
    /// Half of the body, and then nothing for 30 s.
    StallMidBody "stall-mid-body"
    /// Half of the body, and then the connection is closed.
    TruncatedBody "truncated"
    /// The body begins with a byte order mark.
    Utf8Bom "bom"
    /// The right body, labelled as HTML.
    WrongContentType "wrong-content-type"
}

impl Fault {
    /// How long it holds back: a reply its first byte, a body each byte, a gateway its return.
    pub(crate) fn pause(self) -> Duration {
        match self {
            Self::Restart(ms) | Self::SlowBody(ms) | Self::StallBeforeHeaders(ms) => {
                Duration::from_millis(u64::from(ms.min(LONGEST_MS)))
            }
            _ => Duration::ZERO,
        }
    }

    /// Whether it strikes before the request is judged.
    pub(crate) fn is_before_the_request(self) -> bool {
        matches!(self, Self::ResetBeforeRequest | Self::Restart(_))
    }

    /// The same with another time; `None` for a fault that has none.
    fn lasting(self, ms: u32) -> Option<Self> {
        match self {
            Self::Restart(_) => Some(Self::Restart(ms)),
            Self::SlowBody(_) => Some(Self::SlowBody(ms)),
            Self::StallBeforeHeaders(_) => Some(Self::StallBeforeHeaders(ms)),
            _ => None,
        }
    }

    /// Damages what the reply says; most faults leave that alone.
    pub(crate) fn damage(self, reply: Value) -> Value {
        match (self, reply) {
            (Self::DoubleEscapedData, Value::Object(fields)) => {
                Value::Object(fields.into_iter().map(|(name, value)| (name, as_escaped_text(value))).collect())
            }
            (Self::NumbersForStrings, reply) => numbers_for_strings(reply),
            (_, reply) => reply,
        }
    }
}

/// An object as the text of its JSON, in which every `=` is `\u003d` even after that text is parsed.
fn as_escaped_text(value: Value) -> Value {
    match value {
        Value::Object(_) => Value::String(value.to_string().replace('=', r"\\u003d")),
        other => other,
    }
}

fn numbers_for_strings(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        // 000 is not a number in JSON, and 0 would be another code.
        Value::String(text) => match text.parse::<u64>() {
            Ok(number) if number.to_string() == text => Value::from(number),
            _ => Value::String(text),
        },
        Value::Object(fields) => Value::Object(
            fields.into_iter().map(|(name, value)| (name, numbers_for_strings(value))).collect::<Map<_, _>>(),
        ),
        other => other,
    }
}

impl FromStr for Fault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (name, ms) = match text.split_once('=') {
            Some((name, ms)) => {
                let ms = ms.parse().map_err(|_| Error::new("fault: expected milliseconds after the equals sign"))?;
                (name, Some(ms))
            }
            None => (text, None),
        };
        let Some(known) = Self::ALL.iter().find(|fault| fault.as_str() == name) else {
            let names: Vec<_> = Self::ALL.iter().map(|fault| fault.as_str()).collect();
            return Err(Error::new(format!(
                "unknown fault {}; expected one of {}",
                name.escape_debug(),
                names.join(", ")
            )));
        };
        match ms {
            None => Ok(*known),
            Some(ms) => known.lasting(ms).ok_or_else(|| Error::new(format!("fault {name}: it takes no milliseconds"))),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Restart(ms) | Self::SlowBody(ms) | Self::StallBeforeHeaders(ms) => write!(f, "={ms}"),
            _ => Ok(()),
        }
    }
}

const LONGEST_MS: u32 = 30_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_fault_is_read_by_its_name() {
        for fault in Fault::ALL {
            assert_eq!(fault.as_str().parse::<Fault>().unwrap(), *fault);
        }
        assert_eq!("stall=5".parse::<Fault>().unwrap(), Fault::StallBeforeHeaders(5));
        assert_eq!("slow=1000".parse::<Fault>().unwrap(), Fault::SlowBody(1000));
        assert_eq!("restart=40".parse::<Fault>().unwrap().to_string(), "restart=40");
        assert!("reset=5".parse::<Fault>().is_err());
    }

    #[test]
    fn numbers_and_strings_change_places_where_json_can_hold_them() {
        let damaged =
            Fault::NumbersForStrings.damage(json!({"code": "200000", "n": 1, "zero": "000", "d": {"a": "x"}}));
        assert_eq!(damaged, json!({"code": 200_000, "n": "1", "zero": "000", "d": {"a": "x"}}));
    }

    #[test]
    fn an_escape_survives_the_parsing_of_the_inner_text() {
        let damaged = Fault::DoubleEscapedData.damage(json!({"data": {"mobileName": "a=="}}));
        let inner: Value = serde_json::from_str(damaged["data"].as_str().unwrap()).unwrap();
        assert_eq!(inner["mobileName"], r"a\u003d\u003d");
    }
}
