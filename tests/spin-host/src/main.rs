//! Runs the components of a Spin manifest on the wasmtime crates, for tests and for development
//! where `spin` is not installed. It offers what Pipit's components import, and nothing more.

mod app;
mod args;
mod bindings;
mod compile;
mod key_value;
mod manifest;
mod migrate;
mod outbound;
mod router;
mod server;
mod sqlite;
mod state;
mod variables;

use anyhow::{Context, Result};
use app::App;
use args::Args;
use manifest::Manifest;
use std::process::ExitCode;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("spin-host: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let Some(args) = Args::read(std::env::args().skip(1))? else {
        println!("{}", args::HELP.trim());
        return Ok(());
    };
    std::fs::create_dir_all(&args.data).with_context(|| args.data.display().to_string())?;
    if let Some(folder) = &args.migrations {
        let applied = migrate::apply(folder, &args.data)?;
        println!("migrations applied: {applied}");
    }
    let manifest = Manifest::read(&args.manifest, &args.variables)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(&args, manifest))?;
    // A component that is still at work would keep its thread.
    std::process::exit(0);
}

async fn serve(args: &Args, manifest: Manifest) -> Result<()> {
    let app = App::new(args, manifest)?;
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", args.listen))?;
    println!("listening on http://{}", listener.local_addr()?);
    if let Some(every) = args.sweep {
        tokio::spawn(server::sweep(app.clone(), every));
    }
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = server::serve(app, listener) => ended,
        _ = terminate.recv() => Ok(()),
        done = tokio::signal::ctrl_c() => Ok(done?),
    }
}
