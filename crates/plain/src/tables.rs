//! What the providers are, take and answer.

use quhao::{Code, Form, Meaning, OptionSpec, provider};
use serde_json::{Value, json};

/// Every provider: `id, zh, en, operations, options`, an option being
/// `name, form, choices, secret, required, default, zh, en`.
pub fn providers() -> Value {
    let provider = |info: &provider::ProviderInfo| {
        let operations: Vec<_> = info.operations.iter().map(|operation| operation.as_str()).collect();
        // A provider's own option stands for the common one of the same name.
        let is_own = |common: &OptionSpec| info.options.iter().any(|own| own.name == common.name);
        let common = provider::common_options().iter().filter(|common| !is_own(common));
        let options: Vec<_> = info.options.iter().chain(common).map(option).collect();
        json!({"id": info.id, "zh": info.zh, "en": info.en, "operations": operations, "options": options})
    };
    provider::all().iter().map(provider).collect()
}

/// Every row for a vendor's code: `provider, table, code, fragment, meaning, charge, zh, en, hint`.
///
/// `meaning` is `answer`, `on_phone`, a verdict, or an error's kind.
pub fn explain(code: &str) -> Value {
    quhao::explain(code).map(row).collect()
}

fn row(row: &Code) -> Value {
    let meaning = match row.meaning {
        Meaning::Failure(kind) => kind.as_str(),
        Meaning::OnPhone => "on_phone",
        Meaning::Verdict(verdict) => verdict.as_str(),
        _ => "answer",
    };
    json!({
        "provider": row.provider, "table": row.table, "code": row.code, "fragment": row.fragment, "meaning": meaning,
        "charge": row.charge.as_str(), "zh": row.zh, "en": row.en, "hint": row.hint().to_string(),
    })
}

fn option(option: &OptionSpec) -> Value {
    let choices = if let Form::Choice(words) = option.form { words } else { &[] };
    json!({
        "name": option.name, "form": option.form.as_str(), "choices": choices, "secret": option.form.is_secret(),
        "required": option.required, "default": option.default, "zh": option.zh, "en": option.en,
    })
}
