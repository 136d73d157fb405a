//! The replies, made before anybody asks.

use memchr::memmem;

use crate::fixtures::Fixture;

/// The prebuilt replies of every path.
#[derive(Default)]
pub(super) struct Replies(Vec<Reply>);

struct Reply {
    path: Vec<u8>,
    /// The app's id, which is somewhere in the body; nothing where no path has several apps.
    app: Option<memmem::Finder<'static>>,
    form: Form,
}

enum Form {
    /// The same bytes to everybody.
    Whole(Vec<u8>),
    /// The message id of the request goes between the two, as the client checks that the reply is its own.
    Around(Vec<u8>, Vec<u8>),
}

impl Replies {
    /// Adds the reply of a fixture; `request_id` is the id in its request, which the reply may repeat.
    pub(super) fn add(&mut self, fixture: &Fixture, request_id: Option<&str>) {
        let reply = fixture.reply.as_bytes();
        let form = match request_id.and_then(|id| fixture.reply.split_once(id)) {
            Some((before, after)) => Form::Around(before.into(), after.into()),
            None => Form::Whole([head(reply.len()).as_bytes(), reply].concat()),
        };
        let app = fixture.options.get("app_id").map(|id| memmem::Finder::new(id.as_bytes()).into_owned());
        self.0.push(Reply { path: fixture.path.clone().into_bytes(), app, form });
    }

    /// Appends the reply to a request, head and all; `false` if there is none.
    pub(super) fn write(&self, path: &[u8], body: &[u8], out: &mut Vec<u8>) -> bool {
        let fits = |reply: &&Reply| reply.path == path && reply.app.as_ref().is_none_or(|app| app.find(body).is_some());
        match self.0.iter().find(fits).map(|reply| &reply.form) {
            None => false,
            Some(Form::Whole(reply)) => {
                out.extend_from_slice(reply);
                true
            }
            Some(Form::Around(before, after)) => match message_id(body) {
                None => false,
                Some(id) => {
                    out.extend_from_slice(head(before.len() + id.len() + after.len()).as_bytes());
                    [before, id, after].into_iter().for_each(|part| out.extend_from_slice(part));
                    true
                }
            },
        }
    }
}

/// The head of a reply of this length.
pub(super) fn head(length: usize) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=UTF-8\r\ncontent-length: {length}\r\n\r\n")
}

/// The value of `"msgid"` or `"msgId"` in a JSON body.
fn message_id(body: &[u8]) -> Option<&[u8]> {
    let name = MESSAGE_ID.iter().find_map(|name| Some(memmem::find(body, name)? + name.len()))?;
    let rest = body[name..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    rest.split(|byte| *byte == b'"').next()
}

const MESSAGE_ID: [&[u8]; 2] = [b"\"msgid\"", b"\"msgId\""];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_id_is_found_however_the_json_is_spaced() {
        assert_eq!(message_id(br#"{"version":"2.0","msgid":"a1"}"#), Some(&b"a1"[..]));
        assert_eq!(message_id(br#"{"header": {"msgId" : "b2", "x": 1}}"#), Some(&b"b2"[..]));
        assert_eq!(message_id(b"appId=1&token=2"), None);
    }
}
