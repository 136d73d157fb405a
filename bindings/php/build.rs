//! Reads the stub by PHP's own reflection, for the extension to register its classes from, and sets how it is linked.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=stubs");
    println!("cargo:rerun-if-env-changed=PHP");
    let php = env::var_os("PHP").unwrap_or_else(|| "php".into());
    let read = Command::new(php).args(["-n", "stubs/reflect.php", "stubs/quhao.php"]).output();
    let read = read.expect("PHP can be run; the environment variable PHP names it where it is not on the path");
    assert!(read.status.success(), "the stub has an error: {}", String::from_utf8_lossy(&read.stdout));
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("stub.json"), read.stdout).expect("a folder of cargo's");

    match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        // PHP unloads extensions before it exits, while a thread of theirs may still run.
        Ok("linux") => println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete"),
        // The engine's functions are in the program that loads the extension.
        Ok("macos") => println!("cargo:rustc-cdylib-link-arg=-Wl,-undefined,dynamic_lookup"),
        _ => {}
    }
}
