//! Processor time of a call, as more of them are in flight, and for each operation: what a capacity plan starts from.

use std::fs;
use std::time::Duration;

use quhao::{Ask, Client, FetchedNumber, Operation, Params, Verification};
use tokio::task::JoinSet;

use super::{Bench, row};
use crate::Failure;
use crate::fixtures::{Fixture, Subject};

pub(super) fn measure(bench: &Bench) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for (name, most) in IN_FLIGHT {
        let in_flight = bench.scale(most, most.min(100));
        let fixture = bench.fixture("shanyan-v2")?;
        let each = bench.scale(20_000, 200).div_ceil(in_flight).max(2);
        let took = of(bench, &runtime, &fixture, in_flight, each)?;
        row(name, None, "us per call", &took, None)?;
    }
    for subject in Subject::ALL {
        let fixture = bench.fixture(subject.name)?;
        let took = of(bench, &runtime, &fixture, 100, bench.scale(50, 2))?;
        row(&format!("processor time of a login, {}", subject.name), None, "us per call", &took, None)?;
    }
    let took = of_io_thread(bench, &runtime)?;
    row("the I/O thread's part of a login, shanyan-v2", None, "us per call", &took, None)
}

/// Rounds after one that opens the connections, of the whole process.
fn of(
    bench: &Bench,
    runtime: &tokio::runtime::Runtime,
    fixture: &Fixture,
    in_flight: usize,
    each: usize,
) -> Result<Vec<f64>, Failure> {
    let (client, asks) = prepared(bench, fixture, in_flight)?;
    runtime.block_on(all(&client, fixture, &asks, 1))?;
    let mut rounds = Vec::new();
    for _ in 0..bench.scale(5, 1) {
        let before = processor_time();
        runtime.block_on(all(&client, fixture, &asks, each))?;
        rounds.push((processor_time() - before).as_secs_f64() * 1e6 / (in_flight * each) as f64);
    }
    Ok(rounds)
}

/// The same of quhao's own thread, which carries the calls of event loops that are not tokio's.
fn of_io_thread(bench: &Bench, runtime: &tokio::runtime::Runtime) -> Result<Vec<f64>, Failure> {
    let (in_flight, each) = (bench.scale(100, 10), bench.scale(50, 2));
    let fixture = bench.fixture("shanyan-v2")?;
    let (client, asks) = prepared(bench, &fixture, in_flight)?;
    let round = |each| {
        let (client, fixture, asks) = (client.clone(), fixture.clone(), asks.clone());
        runtime.block_on(quhao::spawn(async move { all(&client, &fixture, &asks, each).await })?)?
    };
    round(1)?;
    let mut rounds = Vec::new();
    for _ in 0..bench.scale(5, 1) {
        let before = processor_time_of_io_thread()?;
        round(each)?;
        rounds.push((processor_time_of_io_thread()? - before).as_secs_f64() * 1e6 / (in_flight * each) as f64);
    }
    Ok(rounds)
}

fn prepared(bench: &Bench, fixture: &Fixture, in_flight: usize) -> Result<(Client, Vec<Ask>), Failure> {
    let mut options = fixture.options_at(&bench.at, true);
    for name in ["timeout_ms", "connect_timeout_ms"] {
        options.insert(name.to_owned(), "60000".to_owned());
    }
    let asks: Result<Vec<Ask>, Failure> = (0..in_flight).map(|at| ask(fixture, at)).collect();
    Ok((Client::new(&fixture.provider, options)?, asks?))
}

async fn all(client: &Client, fixture: &Fixture, asks: &[Ask], each: usize) -> Result<(), Failure> {
    let mut tasks = JoinSet::new();
    for ask in asks {
        let (client, fixture, ask) = (client.clone(), fixture.clone(), ask.clone());
        tasks.spawn(async move {
            for _ in 0..each {
                once(&client, &fixture, ask.clone()).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

async fn once(client: &Client, fixture: &Fixture, ask: Ask) -> Result<(), Failure> {
    match ask.operation() {
        Operation::FetchNumber => fixture.expect(client.call::<FetchedNumber>(ask).await?.number.expose()),
        _ => fixture.expect(client.call::<Verification>(ask).await?.verdict.as_str()),
    }
}

/// The question of one of those who ask at the same time: each has params of its own.
fn ask(fixture: &Fixture, at: usize) -> Result<Ask, Failure> {
    let params = || -> Result<Params, Failure> {
        let params =
            fixture.more_params.get(at % fixture.more_params.len().max(1)).ok_or("the fixture has no params")?;
        let mut params = params.clone();
        if at >= fixture.more_params.len() {
            // The gateway looks at no token, and the client relays this field.
            params.insert("outId".to_owned(), at.to_string());
        }
        Ok(params.into())
    };
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Ok(match fixture.operation()? {
        Operation::FetchNumber => Ask::fetch_number(params()?),
        Operation::VerifyNumber => Ask::verify_number(params()?, fixture.number.as_deref()),
        _ => Ask::verify_identity(&text(&fixture.number), &text(&fixture.name_of_person), &text(&fixture.id_card)),
    })
}

/// What all threads of this process have used so far, in the kernel and outside.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let part = |part: i64| u64::try_from(part).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

/// What quhao's thread has used so far: the first field of its `schedstat`, in nanoseconds. proc(5).
fn processor_time_of_io_thread() -> Result<Duration, Failure> {
    for thread in fs::read_dir("/proc/self/task")? {
        let thread = thread?.path();
        if fs::read_to_string(thread.join("comm"))?.trim() == "quhao-io" {
            let told = fs::read_to_string(thread.join("schedstat"))?;
            let nanoseconds = told.split(' ').next().unwrap_or_default().parse()?;
            return Ok(Duration::from_nanos(nanoseconds));
        }
    }
    Err("quhao's thread is not there".into())
}

/// Nothing is told of other systems.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    Duration::ZERO
}

const IN_FLIGHT: [(&str, usize); 5] = [
    ("processor time, 1 in flight", 1),
    ("processor time, 10 in flight", 10),
    ("processor time, 100 in flight", 100),
    ("processor time, 1,000 in flight", 1000),
    ("processor time, 10,000 in flight", 10_000),
];
