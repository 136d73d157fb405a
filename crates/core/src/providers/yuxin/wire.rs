//! The gateway's spellings and nothing else.

use serde::Serialize;

pub(super) const PATH: &str = "/api/personalInfo/verifyMobile";

/// The `errorCode` under which `returnCode` means something.
pub(super) const ANSWERED: &str = "200";

/// The `errorCode` of the token service for a token that is not, or no longer, valid.
pub(super) const TOKEN_REFUSED: &str = "105";

/// The plaintext of `logon`. Source: PROTOCOL.md §3.3.
#[derive(Serialize)]
pub(super) struct Logon<'a> {
    #[serde(rename = "idCard")]
    pub(super) id_card: &'a str,
    #[serde(rename = "userName")]
    pub(super) user_name: &'a str,
    pub(super) loginphone: &'a str,
}

/// The request, as a form or as JSON. Source: PROTOCOL.md §3.1, §3.2.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub(super) token: &'a str,
    pub(super) iv: &'a str,
    pub(super) logon: &'a str,
}

impl<'a> Request<'a> {
    pub(super) fn fields(&self) -> [(&'static str, &'a str); 3] {
        [("token", self.token), ("iv", self.iv), ("logon", self.logon)]
    }
}

/// Fields of a reply. Source: PROTOCOL.md §5.1.
pub(super) mod reply {
    pub(in super::super) const ERROR_CODE: &str = "errorCode";
    pub(in super::super) const ERROR_DETAIL: &str = "errorDetail";
    pub(in super::super) const RETURN_CODE: &str = "returnCode";
    pub(in super::super) const RETURN_DESC: &str = "returnDesc";
}
