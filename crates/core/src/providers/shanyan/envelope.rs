//! The transparent envelope of a V2 token: which carrier, which app, how old.

use serde_json::{Map, Value};

use crate::crypto::cbc::Cipher;
use crate::crypto::digest;
use crate::encoding::{base64, hex};

/// The readable part of a token.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) carrier: Carrier,
    /// When the phone's SDK made it, in milliseconds since 1970, where it says so.
    issued_ms: Option<u64>,
}

/// The reasons why an envelope cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum EnvelopeError {
    /// No whole number of blocks.
    Truncated,
    /// Not of the known form, which proves nothing.
    UnknownFormat,
    /// Of the known form, but it does not open under this app's id.
    WrongApp,
}

impl Envelope {
    /// Opens `A<n>-<payload>`: payload = base64url(AES-128-CBC-Encrypt[k, iv](JSON)), k ‖ iv = hex(MD5(app_id)).
    ///
    /// `A1` China Mobile, `A2` China Unicom, `A3` China Telecom. In the JSON `ap` is the app's id and `ud` the time.
    ///
    /// Source: PROTOCOL.md §7.1. Vectors: `shanyan/v2-inspect.json`.
    pub(super) fn open(token: &str, app_id: &str) -> Result<Self, EnvelopeError> {
        let (prefix, payload) = token.split_once('-').ok_or(EnvelopeError::UnknownFormat)?;
        let carrier = match prefix {
            "A1" => Carrier::Mobile,
            "A2" => Carrier::Unicom,
            "A3" => Carrier::Telecom,
            _ => return Err(EnvelopeError::UnknownFormat),
        };
        let whole = base64::decode_url(payload).filter(|bytes| !bytes.is_empty() && bytes.len().is_multiple_of(16));
        let ciphertext = whole.ok_or(EnvelopeError::Truncated)?;
        let halves = hex::encode(&digest::md5([app_id]));
        let (key, iv) = halves.as_bytes().split_at(16);
        let plaintext = Cipher::Aes128.decrypt(key, iv, &ciphertext).map_err(|_| EnvelopeError::WrongApp)?;
        // The rest of it is the carriers' own, and a name that comes twice is no reason to suspect the app.
        let inside: Map<String, Value> = serde_json::from_slice(&plaintext).map_err(|_| EnvelopeError::WrongApp)?;
        if inside.get("ap").and_then(Value::as_str).is_some_and(|of| of != app_id) {
            return Err(EnvelopeError::WrongApp);
        }
        let issued_ms = inside.get("ud").and_then(|ud| ud.as_u64().or_else(|| ud.as_str()?.parse().ok()));
        Ok(Self { carrier, issued_ms: issued_ms.filter(|ms| (1_000_000_000_000..10_000_000_000_000).contains(ms)) })
    }

    /// The token's age in milliseconds, if it is past its carrier's limit.
    pub(super) fn age_if_expired(&self, now_ms: u64) -> Option<u64> {
        let age = now_ms.saturating_sub(self.issued_ms?);
        (age > self.carrier.minutes() * 60_000).then_some(age)
    }
}

/// The carrier that issued the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    Mobile,
    Telecom,
    Unicom,
}

impl Carrier {
    /// How long its tokens live. Source: PROTOCOL.md §5.4.
    pub(super) fn minutes(self) -> u64 {
        match self {
            Self::Mobile => 2,
            Self::Telecom => 10,
            Self::Unicom => 30,
        }
    }

    /// The vendors' short name.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "CMCC",
            Self::Telecom => "CTCC",
            Self::Unicom => "CUCC",
        }
    }

    pub(super) fn zh(self) -> &'static str {
        match self {
            Self::Mobile => "中国移动",
            Self::Telecom => "中国电信",
            Self::Unicom => "中国联通",
        }
    }
}
