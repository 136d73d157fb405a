//! Keeps README's performance section and the capacity page in step with the kept run; `QUHAO_BLESS=1` rewrites them.

#[test]
fn what_is_told_of_a_run_is_what_the_kept_run_says() {
    if std::env::var_os("QUHAO_BLESS").is_some() {
        quhao_bench::rewrite().unwrap();
    }
    let documents = quhao_bench::documents().unwrap();
    assert_eq!(documents.len(), 4);
    for document in documents {
        let path = document.path.display();
        assert_eq!(document.is, document.due, "{path} is out of date; run: cargo xtask docs");
    }
}
