//! Calls beside a bare POST: one after the other, waiting threads, 100 in flight, and how many connections they take.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quhao::{Client, blocking};
use tokio::runtime::{self, Runtime};
use tokio::task::JoinSet;

use super::post::{BlockingPost, Post};
use super::{cores, tell};
use crate::Failure;
use crate::login::{Login, Params, Setup};

pub(super) fn measure(setup: &Setup) -> Result<(), Failure> {
    let calls = setup.scale(1000, 5);
    // The runtime of `#[tokio::main]`.
    let runtime = Runtime::new()?;
    cores("one")?;
    for (part, origin) in [("plain", &setup.origins.http), ("TLS", &setup.origins.https)] {
        let both = Both::new(setup, origin)?;
        let lane = &setup.lanes[..1];
        let (ours, theirs) =
            setup.rounds(|| both.ours(&runtime, lane, calls), || both.theirs(&runtime, lane, calls))?;
        let each = |rounds: &[Took]| rounds.iter().map(|took| micros(took.wall, calls)).collect::<Vec<f64>>();
        tell("Rust call, one core", part, "reqwest", &each(&ours), &each(&theirs))?;
    }
    blocking(setup, "one core", calls)?;
    cores("all")?;
    blocking(setup, "two cores", calls)?;
    slow(setup, &runtime)?;
    connections(setup)
}

fn blocking(setup: &Setup, part: &str, calls: usize) -> Result<(), Failure> {
    let client = blocking::Client::from(setup.login.client(&setup.origins.http, &setup.ca)?);
    let post = BlockingPost::new(setup, &setup.origins.http)?;
    let each = |call: &dyn Fn() -> Result<(), Failure>| {
        let begun = Instant::now();
        (0..calls).try_for_each(|_| call())?;
        Ok(micros(begun.elapsed(), calls))
    };
    let ours = || setup.login.expect(client.fetch_number(setup.login.params.clone())?.number.expose());
    let (ours, theirs) = setup.rounds(|| each(&ours), || each(&|| post.once()))?;
    tell("Rust blocking call", part, "reqwest::blocking", &ours, &theirs)
}

/// At the gateway that takes 50 ms: processor time, and wall time.
fn slow(setup: &Setup, runtime: &Runtime) -> Result<(), Failure> {
    let both = Both::new(setup, &setup.origins.slow)?;
    let calls = setup.scale(10, 1);
    for (part, lanes) in [("Rust, a call", 1), ("Rust, 100 in flight", 100)] {
        let params = &setup.lanes[..lanes];
        let (ours, theirs) =
            setup.rounds(|| both.ours(runtime, params, calls), || both.theirs(runtime, params, calls))?;
        let wall = |rounds: &[Took]| rounds.iter().map(|took| micros(took.wall, calls) / 1e3).collect::<Vec<f64>>();
        tell("wall time of a login, gateway of 50 ms", part, "reqwest", &wall(&ours), &wall(&theirs))?;
        if lanes > 1 {
            let row = "processor time of a login, gateway of 50 ms, 100 in flight";
            let each = |rounds: &[Took]| rounds.iter().map(|took| micros(took.processor, calls * lanes)).collect();
            let (ours, theirs): (Vec<f64>, Vec<f64>) = (each(&ours), each(&theirs));
            tell(row, "Rust", "reqwest", &ours, &theirs)?;
        }
    }
    Ok(())
}

/// The connections of 1,000 clients with a call each, on one runtime.
fn connections(setup: &Setup) -> Result<(), Failure> {
    let clients = setup.scale(1000, 20);
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let ours: Result<Vec<Client>, _> =
        (0..clients).map(|_| setup.login.client(&setup.origins.fresh, &setup.ca)).collect();
    runtime.block_on(async {
        for client in ours? {
            setup.login.expect(client.fetch_number(setup.login.params.clone()).await?.number.expose())?;
        }
        Ok::<_, Failure>(())
    })?;
    let our_connections = setup.origins.counts("fresh")?.connections.into_inner() as f64;
    let theirs: Result<Vec<Post>, _> = (0..clients).map(|_| Post::new(setup, &setup.origins.fresh)).collect();
    runtime.block_on(async {
        for post in &theirs? {
            post.once().await?;
        }
        Ok::<_, Failure>(())
    })?;
    let counts = setup.origins.counts("fresh")?;
    let logins = counts.logins.into_inner();
    if logins != 2 * clients as u64 {
        return Err(format!("expected {} logins, got {logins}", 2 * clients).into());
    }
    let their_connections = counts.connections.into_inner() as f64 - our_connections;
    tell(
        "connections",
        "connections of 1,000 clients",
        "reqwest::Client each",
        &[our_connections],
        &[their_connections],
    )
}

/// quhao's client and reqwest's, at one address.
struct Both {
    client: Client,
    login: Arc<Login>,
    post: Post,
}

/// The time of a round, and of the processor in it.
struct Took {
    wall: Duration,
    processor: Duration,
}

impl Both {
    fn new(setup: &Setup, origin: &str) -> Result<Self, Failure> {
        let client = setup.login.client(origin, &setup.ca)?;
        Ok(Self { client, login: Arc::new(setup.login.clone()), post: Post::new(setup, origin)? })
    }

    /// So many calls of each phone, all phones at the same time.
    fn ours(&self, runtime: &Runtime, lanes: &[Params], calls: usize) -> Result<Took, Failure> {
        timed(runtime, lanes, |params| {
            let (client, login, params) = (self.client.clone(), Arc::clone(&self.login), params.clone());
            async move {
                for _ in 0..calls {
                    login.expect(client.fetch_number(params.clone()).await?.number.expose())?;
                }
                Ok(())
            }
        })
    }

    fn theirs(&self, runtime: &Runtime, lanes: &[Params], calls: usize) -> Result<Took, Failure> {
        timed(runtime, lanes, |_| {
            let post = self.post.clone();
            async move {
                for _ in 0..calls {
                    post.once().await?;
                }
                Ok(())
            }
        })
    }
}

/// Runs a task for each lane, as a server runs its request handlers.
fn timed<T>(runtime: &Runtime, lanes: &[Params], task: impl Fn(&Params) -> T) -> Result<Took, Failure>
where
    T: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let (begun, processor) = (Instant::now(), processor_time());
    runtime.block_on(async {
        let mut tasks: JoinSet<_> = lanes.iter().map(task).collect();
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok::<_, Failure>(())
    })?;
    Ok(Took { wall: begun.elapsed(), processor: processor_time() - processor })
}

/// The processor time of all threads of this process so far, user and system.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let part = |part: i64| u64::try_from(part).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}

/// Microseconds of one of so many.
fn micros(took: Duration, count: usize) -> f64 {
    took.as_secs_f64() * 1e6 / count as f64
}
