//! The vendors' code tables as one kind of row, and the way from a code to an error.

use crate::model::{Charge, Error, ErrorKind, Hint, Verdict};

/// One row of a vendor's code table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Code {
    /// The provider's id.
    pub provider: &'static str,
    /// The interface whose table it is, in the vendor's spelling: `tokenValidate`.
    pub table: &'static str,
    /// The code as the gateway writes it; `000` is not `0`.
    pub code: &'static str,
    /// A part of the vendor's message that narrows the code down, where one code has several causes.
    pub fragment: Option<&'static str>,
    /// Its class.
    pub meaning: Meaning,
    /// Whether the vendor bills it, where the table says so.
    pub charge: Charge,
    /// The vendor's words.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// A remedy that says more than the kind's: Chinese, English.
    pub remedy: Option<(&'static str, &'static str)>,
}

/// The class of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The operation succeeded; the reply's other fields say with what.
    Answer,
    /// The operation failed.
    Failure(ErrorKind),
    /// Returned by the phone's SDK to the app; no gateway returns it to a back end.
    OnPhone,
    /// The answer itself.
    Verdict(Verdict),
}

impl Code {
    /// The remedy, in both languages.
    pub fn hint(&self) -> Hint {
        match (self.remedy, self.meaning) {
            (Some((zh, en)), _) => Hint { zh: zh.into(), en: en.into() },
            (None, Meaning::Failure(kind)) => kind.hint(),
            (None, Meaning::OnPhone) => Hint {
                zh: "手机端 SDK 返回码：请在 App 内处理，后端无需调用接口".into(),
                en: "a code of the phone's SDK: handle it in the app, no back-end call is due".into(),
            },
            (None, Meaning::Answer | Meaning::Verdict(_)) => {
                Hint { zh: "无需处理".into(), en: "nothing to do".into() }
            }
        }
    }

    /// The error that this row stands for, with the gateway's own words if it gave any.
    pub(crate) fn to_error(&self, said: &str) -> Error {
        let Meaning::Failure(kind) = self.meaning else {
            return Error::protocol(format!("code {} does not belong in this reply", self.code))
                .with_vendor_code(self.code);
        };
        let error = Error::new(kind, self.zh).with_vendor_message(said);
        error.with_vendor_code(self.code).with_hint(self.hint()).with_charge(self.charge)
    }
}

/// Finds the row for a code in one table; a row with a fragment wins where `said` contains it.
pub(crate) fn find<'a>(table: &'a [Code], code: &str, said: &str) -> Option<&'a Code> {
    let rows = || table.iter().filter(|row| row.code == code);
    rows()
        .find(|row| row.fragment.is_some_and(|fragment| said.contains(fragment)))
        .or_else(|| rows().find(|row| row.fragment.is_none()))
}

/// Writes a code table, a row a line:
///
/// `"103101" Credentials "签名错误" "wrong signature" => "what to do, zh" "what to do, en";`
///
/// The word after the code is [`Meaning`] in short: an [`ErrorKind`], `Answer`, `OnPhone`, `Match`, `Mismatch` or
/// `Unknown`. `"403000" ~ "重复请求"` narrows by a fragment; `[Yes]` or `[No]` after the word is the charge.
macro_rules! code_table {
    ($(#[$doc:meta])* $vis:vis $name:ident = $provider:literal $table:literal {
        $($code:literal $(~ $fragment:literal)? $word:ident $([$charge:ident])? $zh:literal $en:literal $(=> $fix_zh:literal $fix_en:literal)?;)*
    }) => {
        $(#[$doc])*
        $vis static $name: &[$crate::provider::codes::Code] = &[$($crate::provider::codes::Code {
            provider: $provider,
            table: $table,
            code: $code,
            fragment: $crate::provider::codes::code_table!(@option $($fragment)?),
            meaning: $crate::provider::codes::code_table!(@meaning $word),
            charge: $crate::provider::codes::code_table!(@charge $($charge)?),
            zh: $zh,
            en: $en,
            remedy: $crate::provider::codes::code_table!(@option $(($fix_zh, $fix_en))?),
        }),*];
    };
    (@option) => { None };
    (@option $some:expr) => { Some($some) };
    (@charge) => { $crate::Charge::Unknown };
    (@charge $charge:ident) => { $crate::Charge::$charge };
    (@meaning Answer) => { $crate::provider::codes::Meaning::Answer };
    (@meaning OnPhone) => { $crate::provider::codes::Meaning::OnPhone };
    (@meaning Match) => { $crate::provider::codes::Meaning::Verdict($crate::Verdict::Match) };
    (@meaning Mismatch) => { $crate::provider::codes::Meaning::Verdict($crate::Verdict::Mismatch) };
    (@meaning Unknown) => { $crate::provider::codes::Meaning::Verdict($crate::Verdict::Unknown) };
    (@meaning $kind:ident) => { $crate::provider::codes::Meaning::Failure($crate::ErrorKind::$kind) };
}
pub(crate) use code_table;
