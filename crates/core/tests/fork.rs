//! A forked child never touches its parent's connections: it could read somebody else's number from them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::panic::AssertUnwindSafe;

use fork::{Fork, fork, waitpid};
use quhao::Operation;
use quhao::blocking::Client;
use quhao_sandbox::{Carrier, Sandbox};

#[test]
fn parent_and_child_interleave_calls_and_every_answer_belongs_to_its_asker() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::new("shanyan", sandbox.options("shanyan").unwrap()).unwrap();
    // Tokens are minted beforehand: the sandbox's thread lives in the parent only, its port serves both.
    let mint = |side: u32| -> Vec<_> {
        let numbers = (0..CALLS).map(|turn| format!("13{side}{turn:08}"));
        numbers
            .map(|number| {
                let phone = sandbox.phone(&number, Carrier::ChinaUnicom).unwrap();
                let params = phone.params("shanyan", Operation::FetchNumber).unwrap();
                (number, params)
            })
            .collect()
    };
    let (warm_up, of_parent, of_child) = (mint(7), mint(8), mint(9));
    // The parent's pool holds live connections when the child is made.
    calls(&client, warm_up.into_iter().take(5).collect());
    match fork().unwrap() {
        Fork::Child => {
            let held = std::panic::catch_unwind(AssertUnwindSafe(|| calls(&client, of_child)));
            std::process::exit(i32::from(held.is_err()));
        }
        Fork::Parent(child) => {
            calls(&client, of_parent);
            assert_eq!(waitpid(child).unwrap(), 0, "the child met another's number or failed");
        }
    }
    assert_eq!(sandbox.ledger().len(), 5 + 2 * CALLS);
}

fn calls(client: &Client, asked: Vec<(String, std::collections::BTreeMap<String, String>)>) {
    for (number, params) in asked {
        assert_eq!(client.fetch_number(params).unwrap().number.expose(), number);
    }
}

const CALLS: usize = 100;
