//! A forked child never touches its parent's connections: it could read another user's number from them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use fork::{Fork, fork, waitpid};
use quhao::Operation;
use quhao::blocking::Client;
use quhao_sandbox::{Carrier, Sandbox};

#[test]
fn parent_and_child_interleave_calls_and_every_answer_belongs_to_its_asker() {
    let sandbox = Sandbox::start().unwrap();
    let logins = Logins::of(&sandbox);
    // The parent's pool holds live connections when the child is made.
    logins.make(WARM_UP);
    let child = child(|| logins.make(OF_CHILD));
    logins.make(OF_PARENT);
    assert_eq!(waitpid(child).unwrap(), 0, "the child met another's number or failed");
    assert_eq!(sandbox.ledger().len(), 3 * CALLS);
}

/// In containers a parent and its child are often both process 1.
#[cfg(target_os = "linux")]
#[test]
fn a_child_with_its_parents_process_id_shares_nothing_either() {
    let sandbox = Sandbox::start().unwrap();
    let logins = Logins::of(&sandbox);
    // A process of one thread, as namespaces want it, whose children are in a namespace of their own.
    let outer = child(|| {
        new_pid_namespace();
        let parent = child(|| {
            assert_eq!(std::process::id(), 1);
            logins.make(WARM_UP);
            new_pid_namespace();
            let child = child(|| {
                assert_eq!(std::process::id(), 1);
                logins.make(OF_CHILD);
            });
            logins.make(OF_PARENT);
            assert_eq!(waitpid(child).unwrap(), 0, "the child met another's number or failed");
        });
        assert_eq!(waitpid(parent).unwrap(), 0, "the parent met another's number or failed");
    });
    assert_eq!(waitpid(outer).unwrap(), 0);
    assert_eq!(sandbox.ledger().len(), 3 * CALLS);
}

#[cfg(target_os = "linux")]
fn new_pid_namespace() {
    use nix::sched::{CloneFlags, unshare};
    unshare(CloneFlags::CLONE_NEWPID)
        .or_else(|_| unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWPID))
        .expect("root, or a kernel that allows user namespaces");
}

/// Forks a child that exits with 0 if `run` does not panic.
fn child(run: impl FnOnce()) -> i32 {
    match fork().unwrap() {
        Fork::Child => std::process::exit(i32::from(std::panic::catch_unwind(AssertUnwindSafe(run)).is_err())),
        Fork::Parent(child) => child,
    }
}

/// Logins for each side, minted beforehand: the sandbox's thread lives in one process, its port serves all.
struct Logins {
    client: Client,
    minted: [Vec<(String, BTreeMap<String, String>)>; 3],
}

impl Logins {
    fn of(sandbox: &Sandbox) -> Self {
        let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
        let login = |number: String| {
            let phone = sandbox.phone(&number, Carrier::ChinaUnicom).unwrap();
            (number, phone.params("shanyan", Operation::FetchNumber).unwrap())
        };
        let side = |side| (0..CALLS).map(|turn| login(format!("13{side}{turn:08}"))).collect();
        Self { client, minted: [WARM_UP, OF_PARENT, OF_CHILD].map(side) }
    }

    fn make(&self, side: usize) {
        for (number, params) in &self.minted[side] {
            assert_eq!(self.client.fetch_number(params.clone()).unwrap().number.expose(), number);
        }
    }
}

const WARM_UP: usize = 0;
const OF_PARENT: usize = 1;
const OF_CHILD: usize = 2;

const CALLS: usize = 50;
