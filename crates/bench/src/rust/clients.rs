//! Many clients in one process: one pool, and keys that are read once.

use std::hint::black_box;
use std::time::Instant;

use quhao::Client;

use super::calls::{Post, tls};
use super::{Bench, micros_each, row};
use crate::Failure;
use crate::gateway::Settings;
use crate::process::Gateway;

pub(super) fn measure(bench: &Bench) -> Result<(), Failure> {
    let fixture = bench.fixture("shanyan-v2")?;
    // One thread: on several, a call may come before the connection of the one before it is back.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for (name, most) in [("connections of 1 client", 1), ("connections of 1,000 clients", 1000)] {
        let clients = bench.scale(most, most.min(50));
        // A gateway of its own, so that the pool is empty at first.
        let gateway = Gateway::start(&Settings::default())?;
        let ours: Result<Vec<_>, _> = (0..clients).map(|_| fixture.client(&gateway.at, true)).collect();
        runtime.block_on(async {
            for client in ours? {
                fixture.expect(client.fetch_number(fixture.phone_params()).await?.number.expose())?;
            }
            Ok::<_, Failure>(())
        })?;
        let after_ours = gateway.at.counters()?;
        let config = tls(&gateway.at)?;
        let posts: Result<Vec<_>, _> =
            (0..clients).map(|_| Post::over(config.clone(), &fixture, &gateway.at, true)).collect();
        runtime.block_on(async {
            for post in &posts? {
                post.once().await?;
            }
            Ok::<_, Failure>(())
        })?;
        let after_all = gateway.at.counters()?;
        if after_all.requests != 2 * clients as u64 || after_all.unknown != 0 || after_all.handshakes < 2 {
            return Err(format!("expected {} requests, got {after_all:?}", 2 * clients).into());
        }
        let ours = after_ours.connections as f64;
        let other = (after_all.connections - after_ours.connections) as f64;
        row(name, Some("reqwest::Client each"), "connections", &[ours], Some(&[other]))?;
    }
    one_more(bench)
}

/// What the hundredth client costs that has the options of the one before it.
fn one_more(bench: &Bench) -> Result<(), Failure> {
    let count = bench.scale(500, 10);
    let fixture = bench.fixture("shanyan-v2")?;
    let config = tls(&bench.at)?;
    let first = fixture.client(&bench.at, true)?;
    let (ours, other) = bench.rounds_of(
        || built(count, || fixture.client(&bench.at, true)),
        || built(count, || Post::over(config.clone(), &fixture, &bench.at, true)),
    )?;
    drop(first);
    row("one more client", Some("reqwest::Client each"), "us per call", &ours, Some(&other))?;
    let fixture = bench.fixture("shanyan-v1-rsa2048")?;
    let first: Client = fixture.client(&bench.at, true)?;
    let took: Result<Vec<f64>, _> =
        (0..bench.rounds()).map(|_| built(count.div_ceil(10), || fixture.client(&bench.at, true))).collect();
    drop(first);
    row("one more client with a known RSA key", None, "us per call", &took?, None)
}

fn built<T>(count: usize, build: impl Fn() -> Result<T, Failure>) -> Result<f64, Failure> {
    let begun = Instant::now();
    for _ in 0..count {
        black_box(build()?);
    }
    Ok(micros_each(begun, count))
}
