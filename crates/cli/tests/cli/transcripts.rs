//! Each command as a transcript: what is typed, what comes back, and the exit code.

#[test]
fn transcripts_hold() {
    let cases = trycmd::TestCases::new();
    // Lines break where the terminal ends; transcripts are written for one of 100 columns.
    cases.env("COLUMNS", "100").env("CLICOLOR", "0");
    cases.case("tests/cmd/*.trycmd").case("tests/cmd/*.toml");
}
