//! A request as it arrived, and strict readers for the bodies that the vendors name.

use std::net::IpAddr;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::ledger::printable;

/// A request that was received whole.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// The whole header, `boundary` and all.
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
}

/// Fields in byte order of their names; a field that came twice is there twice.
pub(crate) struct FormFields(Vec<(String, String)>);

impl Request {
    /// `application/json`: the content type without its parameters, in lower case.
    pub(crate) fn media_type(&self) -> String {
        self.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The fields of a form.
    ///
    /// # Errors
    ///
    /// The reason why the body is none.
    pub(crate) fn form(&self) -> Result<FormFields, String> {
        let mut fields = match self.media_type().as_str() {
            "application/x-www-form-urlencoded" => urlencoded(&self.body),
            "multipart/form-data" => multipart(&self.content_type, &self.body)?,
            "" => return Err("the request has no content type".to_owned()),
            other => {
                let other = printable(other);
                return Err(format!("expected a form, got {other}"));
            }
        };
        fields.sort();
        Ok(FormFields(fields))
    }

    /// The object in a JSON body.
    ///
    /// # Errors
    ///
    /// The reason why the body is none.
    pub(crate) fn json(&self) -> Result<Map<String, Value>, String> {
        let media_type = self.media_type();
        if media_type != "application/json" {
            let got = if media_type.is_empty() { "none".to_owned() } else { printable(&media_type) };
            return Err(format!("expected the content type application/json, got {got}"));
        }
        if self.body.is_empty() {
            return Err("the body is empty".to_owned());
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err("expected a JSON object, got other JSON".to_owned()),
            Err(_) if self.body.contains(&b';') && self.body.contains(&b'=') && self.body.starts_with(b"{") => {
                Err("the body is not JSON: names without quotes, = and ; are how the document's samples were printed"
                    .to_owned())
            }
            Err(error) => Err(format!("the body is not JSON: line {}, column {}", error.line(), error.column())),
        }
    }
}

impl FormFields {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

pub(crate) fn urlencoded(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// Reads RFC 7578 parts that have a name and no file.
fn multipart(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let boundary = parameter(content_type, "boundary").ok_or("the content type names no boundary")?;
    let body = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8")?;
    let delimiter = format!("--{boundary}");
    let mut rest = body.strip_prefix(&delimiter).ok_or("the body does not begin with its boundary")?;
    let mut fields = Vec::new();
    while let Some(part) = rest.strip_prefix("\r\n") {
        let (part, after) =
            part.split_once(&format!("\r\n{delimiter}")).ok_or("a part does not end in the boundary")?;
        let (headers, value) =
            part.split_once("\r\n\r\n").ok_or("a part has no blank line between its headers and its value")?;
        let disposition = headers.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then(|| value.trim())
        });
        let disposition = disposition.filter(|value| value.starts_with("form-data"));
        let disposition = disposition.ok_or("a part has no content-disposition form-data")?;
        if parameter(disposition, "filename").is_some() {
            return Err("a part is a file, not a field".to_owned());
        }
        let name = parameter(disposition, "name").ok_or("a part has no name")?;
        fields.push((name, value.to_owned()));
        rest = after;
    }
    match rest.strip_prefix("--") {
        Some(_) => Ok(fields),
        None => Err("the body does not end in its boundary".to_owned()),
    }
}

/// `boundary=x` or `boundary="x"` of a header's value.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let value = value.trim();
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn request(content_type: &str, body: &str) -> Request {
        Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            content_type: content_type.to_owned(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            peer: Ipv4Addr::LOCALHOST.into(),
        }
    }

    #[test]
    fn a_multipart_form_is_read_field_by_field() {
        let body = "--X\r\nContent-Disposition: form-data; name=\"sign\"\r\nContent-Type: text/plain\r\n\r\na+b=\r\n\
                    --X\r\ncontent-disposition: form-data; name=appId\r\n\r\n\r\n--X--\r\n";
        for boundary in ["X", "\"X\""] {
            let form = request(&format!("multipart/form-data; boundary={boundary}"), body).form().unwrap();
            assert_eq!(form.iter().collect::<Vec<_>>(), [("appId", ""), ("sign", "a+b=")]);
        }
    }

    #[test]
    fn a_multipart_form_that_is_cut_or_holds_a_file_is_refused() {
        let part = "--X\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1";
        for (body, why) in [
            ("--X", "does not end in its boundary"),
            (part, "does not end in the boundary"),
            (&format!("{part}\r\n--X"), "does not end in its boundary"),
            ("--Y--", "does not begin with its boundary"),
            ("--X\r\ncontent-disposition: form-data; name=\"a\"\r\n--X--", "no blank line"),
            ("--X\r\ncontent-disposition: form-data\r\n\r\n1\r\n--X--", "no name"),
            ("--X\r\nx: y\r\n\r\n1\r\n--X--", "no content-disposition"),
            ("--X\r\ncontent-disposition: form-data; name=a; filename=b\r\n\r\n1\r\n--X--", "a file"),
        ] {
            let error = request("multipart/form-data; boundary=X", body).form().err().unwrap();
            assert!(error.contains(why), "{body}: {error}");
        }
        assert!(request("multipart/form-data", part).form().err().unwrap().contains("no boundary"));
    }

    #[test]
    fn a_printed_dictionary_is_told_from_json() {
        let error = request("application/json", "{ appid = 1; }").json().unwrap_err();
        assert!(error.contains("the document's samples"), "{error}");
        assert!(request("text/plain", "{}").json().unwrap_err().contains("got text/plain"));
        assert!(request("", "{}").json().unwrap_err().contains("got none"));
        assert!(request("application/json", "").json().unwrap_err().contains("empty"));
        assert!(request("Application/JSON; charset=utf-8", "{}").json().is_ok());
    }
}
