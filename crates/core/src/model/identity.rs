//! A person as identity checks take them: number, name, id card.

use super::error::Error;
use super::phone_number::PhoneNumber;
use crate::redact::Secret;
use crate::redact::grammar::id_card_defect;

/// Checked identity data. `Debug` masks all of it.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) number: PhoneNumber,
    pub(crate) name: Secret,
    /// 18 characters, the check letter in capitals.
    pub(crate) id_card: Secret,
}

impl Identity {
    /// Checks form only; whether the three belong together is the gateway's to say.
    ///
    /// # Errors
    ///
    /// `input`, naming the argument and the cause, never the value.
    pub(crate) fn parse(number: &str, name: &str, id_card: &str) -> Result<Self, Error> {
        Ok(Self { number: PhoneNumber::parse(number)?, name: checked_name(name)?, id_card: checked_id_card(id_card)? })
    }
}

fn checked_name(name: &str) -> Result<Secret, Error> {
    let cause = if name.trim().is_empty() {
        "it is empty"
    } else if name.trim() != name {
        "it has white space around it"
    } else if name.chars().any(char::is_control) {
        "it has control characters in it"
    } else if name.chars().count() > MAX_NAME_LEN {
        "it is longer than 50 characters"
    } else {
        return Ok(name.into());
    };
    Err(Error::input(format!("name: expected the name on the id card, but {cause}"))
        .with_hint_text("姓名须与身份证一致，首尾无空白", "pass the name as on the id card, without blanks around it"))
}

fn checked_id_card(id_card: &str) -> Result<Secret, Error> {
    match id_card_defect(id_card) {
        None => Ok(id_card.to_ascii_uppercase().into()),
        Some(cause) => Err(Error::input(format!("id_card: expected 18 characters by GB 11643, but {cause}"))
            .with_hint_text(
                "请核对 18 位身份证号（末位可为 X），不带空格",
                "check the 18 characters of the id card number, the last may be X, without blanks",
            )),
    }
}

const MAX_NAME_LEN: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(id_card: &str) -> String {
        checked_id_card(id_card).unwrap_err().message().to_owned()
    }

    #[test]
    fn the_standards_own_examples_pass() {
        // GB 11643-1999, appendix: 110105194912310 02X and 44052418800101001 4.
        assert!(checked_id_card("11010519491231002X").is_ok());
        assert!(checked_id_card("440524188001010014").is_ok());
        assert_eq!(checked_id_card("11010519491231002x").unwrap().expose(), "11010519491231002X");
    }

    #[test]
    fn each_defect_is_named_and_the_value_is_not() {
        for (bad, cause) in [
            ("110105194912310021", "check character"),
            ("11010519490229002X", "not a date"),
            ("110105491231002", "15-digit"),
            ("11010519491231002", "does not have 18"),
            ("1101051949123100２X", "does not have 18"),
            ("1101051949123100XX", "not all digits"),
            ("", "does not have 18"),
        ] {
            assert!(refusal(bad).contains(cause), "{bad}: {}", refusal(bad));
            assert!(bad.is_empty() || !refusal(bad).contains(bad));
        }
    }
}
