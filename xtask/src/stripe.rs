//! The stand-in for Stripe's API: `tests/fixtures/stripe`, under the Python that has Stripe's own library.

use crate::{
    Result, clients, http, process::Running, progress::say, project::Project, stack::Plan,
};
use serde_json::Value;
use std::{
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

/// The key that it wants.
pub const KEY: &str = "sk_test_pipit";
/// What it signs events with.
pub const SECRET: &str = "whsec_pipit_tests";
/// The plans of its prices, as `STRIPE_PRICES` says them.
pub const PRICES: &str = include_str!("../../tests/fixtures/stripe/prices.json");
/// What those plans unlock, as `PLANS` says it.
pub const PLANS: &str = include_str!("../../tests/fixtures/stripe/plans.json");
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts it for a Pipit; none where one runs already on that port.
pub fn start(project: &Project, plan: &Plan, port: u16) -> Result<Option<Running>> {
    if is_there(port) {
        say(&format!("the stand-in for Stripe that runs on port {port} is used"));
        return Ok(None);
    }
    let mut command = Command::new(clients::python(project)?);
    command.arg("-B").arg(project.path("tests/fixtures/stripe"));
    command.args(["--official", "--stay", "--key", KEY, "--secret", SECRET]);
    command.args(["--port", &port.to_string()]);
    command.args(["--target", &format!("http://localhost:{}/webhooks/stripe", plan.port)]);
    let log = plan.data.join("logs/stripe.log");
    let mut running = Running::start("the stand-in for Stripe", &mut command, &log)?;
    let began = Instant::now();
    while !is_there(port) {
        running.check()?;
        if began.elapsed() > PATIENCE {
            return Err(format!("The stand-in for Stripe does not answer.\n{}", running.tail()));
        }
        sleep(Duration::from_millis(50));
    }
    Ok(Some(running))
}

/// Does a verb of its control, which `tests/fixtures/stripe/control.py` lists.
pub fn tell(port: u16, verb: &str, said: &Value) -> Result<Value> {
    let url = format!("http://localhost:{port}/_stand/{verb}");
    let fail = |e: ureq::Error| format!("{url}: {e}");
    let mut answer = ureq::post(&url).send(said.to_string()).map_err(fail)?;
    let text = answer.body_mut().with_config().limit(256 << 20).read_to_string().map_err(fail)?;
    serde_json::from_str(&text).map_err(|e| format!("{url}: {e}"))
}

/// It answers everybody, but only who has the key gets more than an error.
fn is_there(port: u16) -> bool {
    let url = format!("http://localhost:{port}/v1/prices");
    http::Client::new(Duration::from_secs(2)).get(&url).is_ok_and(|answer| answer.status == 401)
}
