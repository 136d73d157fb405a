//! One token, one send: under random faults no token reaches the gateway twice, and no caller gets another's number.
//!
//! `QUHAO_SOAK_CALLS` and `QUHAO_SOAK_SEED` choose how many calls and which faults; `cargo xtask soak one-send` makes
//! 100 000.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use quhao::{Ask, Charge, Client, Error, ErrorKind, Operation, Outcome, Params, Phase, Retry, Verdict, blocking};
use quhao_sandbox::{Carrier, Entry, Failure, Sandbox};
use tokio::runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;

#[test]
fn no_token_is_sent_twice_and_nobody_gets_anothers_number() {
    let chosen = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let calls = chosen("QUHAO_SOAK_CALLS").unwrap_or(2000);
    let seed = chosen("QUHAO_SOAK_SEED").unwrap_or(0x7175_6861_6f31);
    let begun = Instant::now();
    let world = Arc::new(World::new());
    let mut rng = Rng::with_seed(seed);
    let mut next = 0;
    while next < calls {
        let concurrency = rng.usize(1..=200);
        let users = next..calls.min(next + rng.u64(1..=4) * concurrency as u64);
        next = users.end;
        let users: Vec<User> = users.map(|id| User::new(id, &world, &mut rng)).collect();
        for _ in 0..rng.usize(0..=users.len() * 2 / 3) {
            world.sandbox.fail_next(fault(&mut rng));
        }
        match rng.u32(0..3) {
            0 => in_tasks(&world, users, concurrency),
            1 => in_threads(&world, users, concurrency),
            _ => on_io_thread(&world, users, concurrency),
        }
    }
    let told = world.reckon(calls);
    println!("one send: {calls} calls, seed {seed}, {:.1} s; {told}", begun.elapsed().as_secs_f32());
}

/// A fault, the costly ones rarely.
fn fault(rng: &mut Rng) -> Failure {
    let text = match rng.u32(0..1000) {
        0 => "fault:huge".to_owned(),
        1..3 => "fault:gzip-bomb".to_owned(),
        3..6 => format!("fault:restart={}", rng.u32(1..60)),
        6..150 => format!("fault:stall={}", rng.u32(1..PATIENCE_MS * 5 / 4)),
        150..200 => format!("fault:slow={}", rng.u32(1..20)),
        _ => (*rng.choice(DAMAGE).unwrap()).to_owned(),
    };
    text.parse().unwrap()
}

/// Codes as well as faults: a refusal spends no connection. `other-reply` is left out: ShanYan's reply names no request.
const DAMAGE: &[&str] = &[
    "987654",
    "fault:bom",
    "fault:close",
    "fault:close-idle",
    "fault:close-idle",
    "fault:double-escaped",
    "fault:empty",
    "fault:garbage",
    "fault:html-200",
    "fault:html-502",
    "fault:numbers",
    "fault:redirect",
    "fault:reset",
    "fault:reset",
    "fault:reset-unread",
    "fault:reset-unread",
    "fault:stall-after-headers",
    "fault:stall-mid-body",
    "fault:truncated",
    "fault:wrong-content-type",
];

struct World {
    sandbox: Sandbox,
    subjects: Vec<Subject>,
    ledger: Arc<Mutex<Tally>>,
    mine: Mutex<BTreeMap<&'static str, u64>>,
}

/// An app, its client, and one thing to ask of it.
struct Subject {
    app: &'static str,
    operation: Operation,
    client: Client,
}

/// Sums over the ledger's entries; the sandbox itself keeps the last ten thousand.
#[derive(Default)]
struct Tally {
    entries: u64,
    accepted: u64,
    twice: Vec<String>,
    faults: BTreeSet<String>,
}

impl World {
    fn new() -> Self {
        let ledger = Arc::new(Mutex::new(Tally::default()));
        let noted = Arc::clone(&ledger);
        let note = move |entry: &Entry| {
            let mut tally = noted.lock().unwrap_or_else(PoisonError::into_inner);
            tally.entries += 1;
            tally.accepted += u64::from(entry.accepted);
            if entry.token_seen_before {
                tally.twice.push(entry.to_string());
            }
            let name = |fault: &String| fault.split('=').next().unwrap_or_default().to_owned();
            tally.faults.extend(entry.fault.as_ref().map(name));
        };
        let sandbox = Sandbox::builder().log(note).start().unwrap();
        let subject = |app: &quhao_sandbox::App, operation: Operation| {
            let mut options = sandbox.options(app.name).unwrap();
            options.insert("timeout_ms".to_owned(), PATIENCE_MS.to_string());
            let client = Client::new(app.provider, options).unwrap();
            Subject { app: app.name, operation, client }
        };
        let of_app = |app| quhao_sandbox::App::operations(app).iter().map(move |operation| subject(app, *operation));
        let subjects = sandbox.apps().iter().flat_map(of_app).collect();
        Self { sandbox, subjects, ledger, mine: Mutex::default() }
    }

    fn count(&self, ending: &'static str) {
        *self.mine.lock().unwrap().entry(ending).or_default() += 1;
    }

    /// Compares the callers' results with the gateway's ledger.
    fn reckon(&self, calls: u64) -> String {
        // Calls that were given up may still be on their way.
        thread::sleep(Duration::from_millis(u64::from(PATIENCE_MS)));
        let (tally, mine) = (self.ledger.lock().unwrap(), self.mine.lock().unwrap());
        let ended = |ending| mine.get(ending).copied().unwrap_or_default();
        assert!(tally.twice.is_empty(), "sent twice: {:?}", tally.twice);
        assert_eq!(mine.values().sum::<u64>(), calls);
        assert!(tally.entries <= calls - ended("not sent"), "{} entries, {mine:?}", tally.entries);
        assert!(tally.accepted >= ended("answered"), "{} accepted, {mine:?}", tally.accepted);
        assert!(ended("answered") > calls / 10 && ended("lost") > calls / 20, "too few of a kind: {mine:?}");
        assert!(calls < 10_000 || tally.faults.len() >= 15, "too few faults: {:?}", tally.faults);
        format!("{mine:?}, {} of them in the ledger, none twice", tally.entries)
    }
}

/// One call, by a user with a number of their own.
struct User {
    number: String,
    subject: usize,
    ask: Ask,
    expected: Verdict,
    patience: Option<Duration>,
}

impl User {
    fn new(id: u64, world: &World, rng: &mut Rng) -> Self {
        let number = format!("1{:010}", 3_000_000_000 + id);
        let subject = rng.usize(0..world.subjects.len());
        let (app, operation) = (world.subjects[subject].app, world.subjects[subject].operation);
        let phone = || world.sandbox.phone(&number, Carrier::ChinaMobile).unwrap();
        let params = || Params::from(phone().params(app, operation).unwrap());
        let mut expected = Verdict::Match;
        let ask = match operation {
            Operation::FetchNumber => Ask::fetch_number(params()),
            Operation::VerifyNumber => {
                let params = params();
                // Where the params do not hold a number, one in two asks about another one.
                let asked = match params.field("mobile") {
                    None if rng.bool() => "19900001111",
                    _ => &number,
                };
                if asked != number {
                    expected = Verdict::Mismatch;
                }
                Ask::verify_number(params, Some(asked))
            }
            _ => {
                world.sandbox.add_person(&number, "张三", "11010519491231002X");
                Ask::verify_identity(&number, "张三", "11010519491231002X")
            }
        };
        let gives_up = rng.u32(0..20) == 0;
        let patience = gives_up.then(|| Duration::from_millis(rng.u64(0..40)));
        Self { number, subject, ask, expected, patience }
    }

    /// Judges an answer; returns whether the same token may be sent again.
    fn judge(&self, answer: Result<Outcome, Error>, world: &World) -> bool {
        match answer {
            Ok(Outcome::Fetched(fetched)) => {
                assert_eq!(fetched.number.expose(), self.number, "somebody else's number");
                world.count("answered");
            }
            Ok(Outcome::Verified(verification)) => {
                assert_eq!(verification.verdict, self.expected, "somebody else's verdict");
                world.count("answered");
            }
            Err(error) => {
                let not_sent = error.phase() == Some(Phase::Connect);
                let told = (error.retry() == Retry::SameToken, error.charge() == Charge::No);
                assert_eq!(told, (not_sent, not_sent), "{error:?}");
                if not_sent {
                    return true;
                }
                let known = [ErrorKind::Protocol, ErrorKind::Unavailable].contains(&error.kind());
                assert!(known || error.phase().is_some(), "{error:?}");
                world.count("lost");
            }
        }
        false
    }
}

/// Each call a task of one runtime; some callers give up.
fn in_tasks(world: &Arc<World>, users: Vec<User>, concurrency: usize) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (users, next) = (Arc::new(users), Arc::new(AtomicUsize::new(0)));
    runtime.block_on(async {
        let mut workers = JoinSet::new();
        for _ in 0..concurrency {
            let (world, users, next) = (Arc::clone(world), Arc::clone(&users), Arc::clone(&next));
            workers.spawn(async move {
                while let Some(user) = users.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let client = &world.subjects[user.subject].client;
                    let mut attempts = 1;
                    loop {
                        let call = client.call::<Outcome>(user.ask.clone());
                        let answer = match user.patience {
                            Some(patience) => timeout(patience, call).await,
                            None => Ok(call.await),
                        };
                        let again = match answer {
                            Ok(answer) => user.judge(answer, &world),
                            Err(_) => {
                                world.count("given up");
                                false
                            }
                        };
                        if !again {
                            break;
                        } else if attempts == MOST_ATTEMPTS {
                            world.count("not sent");
                            break;
                        }
                        attempts += 1;
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            });
        }
        while let Some(worker) = workers.join_next().await {
            worker.unwrap();
        }
    });
}

/// Each call on a thread that waits for it.
fn in_threads(world: &World, users: Vec<User>, concurrency: usize) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(user) = users.get(next.fetch_add(1, Ordering::Relaxed)) {
            let client = blocking::Client::from(world.subjects[user.subject].client.clone());
            let mut attempts = 1;
            while user.judge(client.call(user.ask.clone()), world) {
                if attempts == MOST_ATTEMPTS {
                    world.count("not sent");
                    break;
                }
                attempts += 1;
                thread::sleep(PAUSE);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..concurrency {
            scope.spawn(work);
        }
    });
}

/// Each call on the I/O thread, as event loops of other languages make them; some callers give up.
fn on_io_thread(world: &World, users: Vec<User>, concurrency: usize) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(user) = users.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut attempts = 1;
            loop {
                let (client, ask) = (world.subjects[user.subject].client.clone(), user.ask.clone());
                let (sender, answer) = mpsc::channel();
                let task = quhao::binding::spawn(async move { drop(sender.send(client.call(ask).await)) }).unwrap();
                let answer = answer.recv_timeout(user.patience.unwrap_or(Duration::from_secs(60)));
                drop(task);
                let again = match answer {
                    Ok(answer) => user.judge(answer, world),
                    Err(_) => {
                        world.count("given up");
                        false
                    }
                };
                if !again {
                    break;
                } else if attempts == MOST_ATTEMPTS {
                    world.count("not sent");
                    break;
                }
                attempts += 1;
                thread::sleep(PAUSE);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..concurrency {
            scope.spawn(work);
        }
    });
}

const PATIENCE_MS: u32 = 1000;
const MOST_ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);
