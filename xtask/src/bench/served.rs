//! The Workers that are compared, each in a workerd of its own.

use super::blogs;
use crate::{
    Result,
    process::{self, Running},
    project::{self, Project},
    settings,
    stack::{self, Flavour, Runtime},
    worker,
};
use serde_json::{Value, json};
use std::{
    fs,
    time::{Duration, Instant},
};

/// A Worker: where it listens and which process it is.
#[derive(Clone, Copy)]
pub struct Served {
    /// Its port on this machine.
    pub port: u16,
    /// Its process; 0 where the system does not tell.
    pub process: u64,
}

/// All of them; dropping it ends them.
pub struct Workers {
    _running: Running,
    workers: Value,
}

impl Workers {
    /// One by its name in `serve.mjs`.
    pub fn worker(&self, name: &str) -> Result<Served> {
        let worker = &self.workers[name];
        let port = worker["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.ok_or_else(|| format!("The Worker {name} has no port."))?;
        Ok(Served { port, process: worker["process"].as_u64().unwrap_or_default() })
    }
}

/// Builds what is compared, fills the blogs and starts everything.
pub fn serve(project: &Project) -> Result<Workers> {
    stack::build(project, Runtime::Cloudflare, Flavour::Release)?;
    stack::build(project, Runtime::Cloudflare, Flavour::Test)?;
    worker::build_bare(project)?;
    let data = project.path(".pipit/bench");
    let state = data.join("state");
    let _ = fs::remove_dir_all(&data);
    worker::migrate(project, &data, &state)?;
    blogs::fill(project, &data, &state)?;
    let mut values = settings::local(&settings::Local {
        port: 8787,
        mail_port: 8025,
        reach: Vec::new(),
        ahead_seconds: 0,
        data: &data,
    })?;
    // A release build refuses it, as it should.
    for name in ["OUTBOUND_ALLOW", "CHAT_WEBHOOK", "CHAT_NOTICES", "ENTITLEMENT_WEBHOOK"] {
        values.remove(name);
    }
    let file = data.join("settings.json");
    project::write(&file, &json!(values).to_string())?;
    let log = data.join("serve.log");
    let mut command = project.node();
    command.arg("xtask/bench/serve.mjs").arg(&state).arg(&file);
    let mut running = Running::start("the benchmark's workerd", &mut command, &log)?;
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(120) {
        running.check()?;
        let text = project::read(&log).unwrap_or_default();
        let mut lines = text.lines();
        if let Some(workers) = lines.find_map(|line| serde_json::from_str::<Value>(line).ok()) {
            return Ok(Workers { _running: running, workers });
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(format!("The benchmark's workerd does not answer.\n{}", process::tail(&log)))
}
