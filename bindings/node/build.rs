//! Tells the linker that Node supplies the symbols of Node-API, and to leave our own names out of a release.

fn main() {
    napi_build::setup();
    let is = |name: &str, value: &str| std::env::var(name).as_deref() == Ok(value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") {
        println!("cargo::rustc-link-arg-cdylib=-s");
    }
}
