//! Replies on their way out, whole or damaged.

use std::fmt;
use std::net::TcpStream as StdStream;
use std::time::Duration;

use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Response, StatusCode};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::answer::Answer;
use crate::body::BodyPlan;
use crate::faults::Fault;
use crate::gzip_bomb;

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
pub(crate) async fn deliver(answer: Answer, handle: &StdStream) -> Result<Response<BodyPlan>, HangUp> {
    let Answer { body, fault } = answer;
    let Some(fault) = fault else { return Ok(reply(StatusCode::OK, JSON, BodyPlan::whole(body))) };
    let ok = |content_type, body| Ok(reply(StatusCode::OK, content_type, body));
    match fault {
        Fault::CloseBeforeReply => Err(HangUp),
        Fault::ResetBeforeReply | Fault::ResetBeforeRequest | Fault::Restart(_) => {
            reset_when_closed(handle);
            Err(HangUp)
        }
        Fault::EmptyBody => ok(JSON, BodyPlan::whole("")),
        Fault::Garbage => ok(JSON, BodyPlan::whole(&b"\x00\xff\xfe\x1f\x8b\x08{\"code\":\"200000\xc3\x28\""[..])),
        Fault::GzipBomb => {
            let mut reply = reply(StatusCode::OK, JSON, BodyPlan::whole(gzip_bomb::body()));
            reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Ok(reply)
        }
        Fault::Html200 => ok(HTML, BodyPlan::whole(PAGE)),
        Fault::Html502 => Ok(reply(StatusCode::BAD_GATEWAY, HTML, BodyPlan::whole(PAGE))),
        Fault::HugeBody => ok(JSON, BodyPlan::huge(64 << 20)),
        Fault::Redirect => {
            let mut reply = reply(StatusCode::FOUND, HTML, BodyPlan::whole(PAGE));
            reply.headers_mut().insert(LOCATION, HeaderValue::from_static("/moved"));
            Ok(reply)
        }
        Fault::SlowBody(_) => ok(JSON, BodyPlan::slow(body.as_bytes(), fault.pause(), LONGEST)),
        Fault::StallAfterHeaders => ok(JSON, BodyPlan::announced(body.as_bytes(), LONGEST)),
        Fault::StallMidBody => ok(JSON, BodyPlan::half(body.as_bytes(), LONGEST)),
        Fault::TruncatedBody => ok(JSON, BodyPlan::half(body.as_bytes(), FLUSH)),
        Fault::Utf8Bom => ok(JSON, BodyPlan::whole(format!("\u{feff}{body}"))),
        Fault::WrongContentType => ok(HTML, BodyPlan::whole(body)),
        Fault::StallBeforeHeaders(_) => {
            sleep(fault.pause()).await;
            ok(JSON, BodyPlan::whole(body))
        }
        Fault::CloseWhenIdle | Fault::DoubleEscapedData | Fault::NumbersForStrings | Fault::OtherReply => {
            ok(JSON, BodyPlan::whole(body))
        }
    }
}

pub(crate) fn reply(status: StatusCode, content_type: &'static str, body: BodyPlan) -> Response<BodyPlan> {
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
