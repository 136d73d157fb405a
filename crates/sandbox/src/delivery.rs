//! Replies on their way out, whole or damaged.

use std::fmt;
use std::net::TcpStream as StdStream;
use std::time::Duration;

use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Response, StatusCode};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::answer::Answer;
use crate::body::Script;
use crate::bomb;
use crate::faults::Fault;

/// The reply is none: the connection goes, politely or not.
#[derive(Debug)]
pub(crate) struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for HangUp {}

/// Sends an answer, damaged as its fault says.
pub(crate) async fn deliver(answer: Answer, handle: &StdStream) -> Result<Response<Script>, HangUp> {
    let Answer { body, fault } = answer;
    let Some(fault) = fault else { return Ok(reply(StatusCode::OK, JSON, Script::whole(body))) };
    let ok = |content_type, body| Ok(reply(StatusCode::OK, content_type, body));
    match fault {
        Fault::CloseBeforeReply => Err(HangUp),
        Fault::ResetBeforeReply | Fault::ResetBeforeRequest | Fault::Restart(_) => {
            reset_when_closed(handle);
            Err(HangUp)
        }
        Fault::EmptyBody => ok(JSON, Script::whole("")),
        Fault::Garbage => ok(JSON, Script::whole(&b"\x00\xff\xfe\x1f\x8b\x08{\"code\":\"200000\xc3\x28\""[..])),
        Fault::GzipBomb => {
            let mut reply = reply(StatusCode::OK, JSON, Script::whole(bomb::gzip()));
            reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Ok(reply)
        }
        Fault::Html200 => ok(HTML, Script::whole(PAGE)),
        Fault::Html502 => Ok(reply(StatusCode::BAD_GATEWAY, HTML, Script::whole(PAGE))),
        Fault::HugeBody => ok(JSON, Script::huge(64 << 20)),
        Fault::Redirect => {
            let mut reply = reply(StatusCode::FOUND, HTML, Script::whole(PAGE));
            reply.headers_mut().insert(LOCATION, HeaderValue::from_static("/moved"));
            Ok(reply)
        }
        Fault::SlowBody(_) => ok(JSON, Script::slow(body.as_bytes(), fault.pause(), LONGEST)),
        Fault::StallAfterHeaders => ok(JSON, Script::announced(body.as_bytes(), LONGEST)),
        Fault::StallMidBody => ok(JSON, Script::half(body.as_bytes(), LONGEST)),
        Fault::TruncatedBody => ok(JSON, Script::half(body.as_bytes(), FLUSH)),
        Fault::Utf8Bom => ok(JSON, Script::whole(format!("\u{feff}{body}"))),
        Fault::WrongContentType => ok(HTML, Script::whole(body)),
        Fault::StallBeforeHeaders(_) => {
            sleep(fault.pause()).await;
            ok(JSON, Script::whole(body))
        }
        Fault::CloseWhenIdle | Fault::DoubleEscapedData | Fault::NumbersForStrings | Fault::OtherReply => {
            ok(JSON, Script::whole(body))
        }
    }
}

pub(crate) fn reply(status: StatusCode, content_type: &'static str, body: Script) -> Response<Script> {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// Makes the kernel reset the connection when it is closed: with nothing to linger for, it does.
pub(crate) fn reset_when_closed(handle: &StdStream) {
    if let Ok(stream) = handle.try_clone().and_then(TcpStream::from_std) {
        // A connection that is gone already needs no reset.
        let _ = stream.set_zero_linger();
    }
}

pub(crate) const JSON: &str = "application/json;charset=UTF-8";
const HTML: &str = "text/html;charset=UTF-8";
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n";

const LONGEST: Duration = Duration::from_secs(30);

/// Time for what was written to leave before the connection goes.
const FLUSH: Duration = Duration::from_millis(50);
