//! Just enough of HTTP/1.1 to find the end of a request.

use httparse::Status;

/// A request in a buffer of bytes.
#[derive(Debug, PartialEq)]
pub(super) enum Parsed {
    /// More bytes are due; `true` if the client waits to be told to go on.
    Partial {
        awaits_continue: bool,
    },
    Whole(Request),
    Broken,
}

/// Where its parts are.
#[derive(Debug, PartialEq)]
pub(super) struct Request {
    pub(super) is_get: bool,
    pub(super) path: std::ops::Range<usize>,
    pub(super) body: std::ops::Range<usize>,
    pub(super) closes: bool,
}

/// Looks for a request at the beginning of `input`. A chunked body is not understood: no client here sends one.
pub(super) fn parse(input: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let head_length = match head.parse(input) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Parsed::Partial { awaits_continue: false },
        Err(_) => return Parsed::Broken,
    };
    let (mut length, mut closes, mut awaits_continue) = (0, head.version == Some(0), false);
    for header in head.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        if is("content-length") {
            match std::str::from_utf8(header.value).ok().and_then(|text| text.trim().parse::<usize>().ok()) {
                Some(told) if told <= LARGEST_BODY => length = told,
                _ => return Parsed::Broken,
            }
        } else if is("connection") {
            closes = header.value.eq_ignore_ascii_case(b"close");
        } else if is("expect") {
            awaits_continue = header.value.eq_ignore_ascii_case(b"100-continue");
        } else if is("transfer-encoding") {
            return Parsed::Broken;
        }
    }
    if input.len() < head_length + length {
        return Parsed::Partial { awaits_continue: awaits_continue && input.len() == head_length };
    }
    let is_get = head.method == Some("GET");
    let target = head.path.unwrap_or("/");
    let from = if is_get { "GET ".len() } else { head.method.map_or(0, |method| method.len() + 1) };
    let path = from..from + target.find('?').unwrap_or(target.len());
    Parsed::Whole(Request { is_get, path, body: head_length..head_length + length, closes })
}

const LARGEST_BODY: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_ends_where_its_length_says() {
        let input = b"POST /open/x?y=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcPOST";
        let Parsed::Whole(request) = parse(input) else { panic!("it is whole") };
        assert_eq!((&input[request.path], &input[request.body]), (&b"/open/x"[..], &b"abc"[..]));
        assert!(!request.is_get && !request.closes);
    }

    #[test]
    fn what_is_not_all_there_is_waited_for() {
        let head = b"POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
        assert_eq!(parse(&head[..20]), Parsed::Partial { awaits_continue: false });
        assert_eq!(parse(head), Parsed::Partial { awaits_continue: true });
        assert_eq!(parse(&[&head[..], b"ab"].concat()), Parsed::Partial { awaits_continue: false });
    }

    #[test]
    fn chunks_and_boundless_bodies_are_refused() {
        assert_eq!(parse(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), Parsed::Broken);
        assert_eq!(parse(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"), Parsed::Broken);
        assert_eq!(parse(b"no HTTP at all\r\n\r\n"), Parsed::Broken);
    }
}
