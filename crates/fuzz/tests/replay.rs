//! The targets without an engine: the seeds, and mutations of them that are the same each time.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use quhao_fuzz::TARGETS;

#[test]
fn keys_hold_on_the_corpus_and_near_it() {
    replay("keys", 400);
}

#[test]
fn options_hold_on_the_corpus_and_near_it() {
    replay("options", 8_000);
}

#[test]
fn params_hold_on_the_corpus_and_near_it() {
    replay("params", 8_000);
}

#[test]
fn replies_hold_on_the_corpus_and_near_it() {
    replay("replies", 8_000);
}

#[test]
fn tokens_hold_on_the_corpus_and_near_it() {
    replay("tokens", 4_000);
}

#[test]
fn each_target_has_a_corpus_and_a_program() {
    for (name, _) in TARGETS {
        let seeds = corpus(name).len();
        assert!((20..=40).contains(&seeds), "{name} has {seeds} seeds");
        assert!(at(&format!("fuzz_targets/{name}.rs")).is_file(), "{name}");
    }
    let folders = fs::read_dir(at("corpus")).unwrap().count();
    assert_eq!(folders, TARGETS.len(), "a corpus without a target");
}

#[test]
fn the_whole_corpus_stays_small() {
    let bytes: usize = TARGETS.iter().flat_map(|(name, _)| corpus(name)).map(|input| input.len()).sum();
    assert!(bytes < 100_000, "{bytes} bytes");
}

/// Runs the corpus, then as many mutations of it.
fn replay(name: &str, mutations: usize) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    let inputs = corpus(name);
    let hold = |input: &[u8]| {
        let held = catch_unwind(AssertUnwindSafe(|| target(input)));
        assert!(held.is_ok(), "{name} fails on {:?}", String::from_utf8_lossy(input));
    };
    inputs.iter().for_each(|input| hold(input));
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for _ in 0..mutations {
        hold(&mutated(&inputs, &mut chance));
    }
}

/// One input with one to four changes, as a relay, a proxy or a broken gateway makes them.
fn mutated(inputs: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut input = chance.one_of(inputs).clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(input.len() + 1);
        match chance.below(7) {
            0 if at < input.len() => input[at] ^= 1 << chance.below(8),
            1 if at < input.len() => input[at] = u8::try_from(chance.below(256)).unwrap(),
            2 => input.truncate(at),
            3 => {
                let end = (at + 1 + chance.below(8)).min(input.len());
                input.drain(at..end);
            }
            4 => {
                let piece = *chance.one_of(PIECES);
                input.splice(at..at, piece.iter().copied());
            }
            5 => {
                let end = (at + chance.below(32)).min(input.len());
                let twice = input[at..end].to_vec();
                input.splice(at..at, twice);
            }
            _ => {
                let other = chance.one_of(inputs);
                let from = chance.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
    }
    input
}

/// The target's seeds. Finds of `cargo fuzz` stand beside them under hashes, which have no hyphen.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(at("corpus").join(name)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().unwrap().to_string_lossy().contains('-'));
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn at(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Marsaglia's xorshift64: the same numbers on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Pieces that the readers look for, and the bytes that stand for a planted secret.
const PIECES: &[&[u8]] = &[
    b"\x01",
    b"\x02",
    b"\x03",
    b"\x04",
    b"null",
    b"{}",
    b"[]",
    b"\"\"",
    b"0",
    b"-1",
    b"1e999",
    b"\\u003d",
    b"%2B",
    b" ",
    b"+",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\"code\":\"200000\"",
    b"\"resultCode\":\"103000\"",
    b"\"data\":",
    b"=",
    b"...",
    b"\\n",
    b"-----BEGIN PRIVATE KEY-----",
    b"ENCRYPTED",
    b"\x30\x82",
    b"\x02\x01\x00",
];
