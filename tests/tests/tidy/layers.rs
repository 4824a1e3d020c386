//! Who may know whom, as the architecture says it.

use super::{hold, packages, toml};

/// The project's own crates and the vendors' that each crate may depend on.
fn allowed(name: &str) -> &'static [&'static str] {
    match name {
        "platform" | "domain" => &[],
        "store" | "themes" => &["domain", "platform"],
        "web" => &["domain", "platform", "store"],
        "app" => &["web", FUNCTIONS],
        "host-cloudflare" => &["app", "contract", "platform", "web", "worker"],
        "host-spin" => &["platform", "spin-sdk", "store", "web"],
        "host-native" => &["platform", "store"],
        _ => &["domain", "platform", "store", "themes", "web"],
    }
}

/// Stands for all functions.
const FUNCTIONS: &str = "functions/*";

#[test]
fn every_crate_knows_only_the_layers_below_it() {
    let functions = packages("functions");
    let crates = packages("crates");
    let is_ours = |name: &String| {
        crates.contains(name)
            || functions.contains(name)
            || ["contract", "tests"].contains(&name.as_str())
    };
    let is_vendors = |name: &String| ["worker", "spin-sdk", "rusqlite"].contains(&name.as_str());
    let mut problems = Vec::new();
    for (folder, name) in crates
        .iter()
        .map(|name| ("crates", name))
        .chain(functions.iter().map(|name| ("functions", name)))
    {
        let path = format!("{folder}/{name}/Cargo.toml");
        let manifest = toml(&path);
        let allowed = allowed(name);
        for dependency in dependencies(&manifest) {
            let is_function = functions.contains(&dependency);
            let may = allowed.contains(&dependency.as_str())
                || (is_function && allowed.contains(&FUNCTIONS))
                || (name == "host-native" && dependency == "rusqlite");
            if (is_ours(&dependency) || is_vendors(&dependency)) && !may {
                problems.push(format!("{path}: {name} must not know {dependency}."));
            }
        }
        if manifest["package"]["name"].as_str() != Some(name) {
            problems.push(format!("{path}: the package must be called {name}, as its folder."));
        }
        if folder == "functions" {
            problems.extend(function(&path, &manifest));
        }
    }
    hold(problems);
}

fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    table.map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

/// A function is a library; what makes it a component is there for that target alone.
fn function(path: &str, manifest: &toml::Table) -> Vec<String> {
    let mut problems = Vec::new();
    if manifest.contains_key("lib") {
        problems.push(format!("{path}: no [lib] section, the build says --crate-type."));
    }
    let wasi = manifest
        .get("target")
        .and_then(|target| target.get("cfg(target_os = \"wasi\")"))
        .and_then(|target| target.get("dependencies"))
        .and_then(toml::Value::as_table);
    if !wasi.is_some_and(|table| table.contains_key("host-spin")) {
        problems.push(format!(
            "{path}: add host-spin under [target.'cfg(target_os = \"wasi\")'.dependencies], which makes it a component."
        ));
    }
    let dev = manifest.get("features").and_then(|features| features.get("dev"));
    if dev.is_none() {
        problems.push(format!("{path}: add the feature dev, for development builds."));
    }
    problems
}

#[test]
fn every_crate_is_held_to_the_lints_of_the_workspace() {
    let mut problems = Vec::new();
    for folder in ["crates", "functions"] {
        for name in packages(folder) {
            let path = format!("{folder}/{name}/Cargo.toml");
            let lints = toml(&path).get("lints").and_then(|lints| lints.get("workspace").cloned());
            if lints.and_then(|value| value.as_bool()) != Some(true) {
                problems.push(format!("{path}: add\n  [lints]\n  workspace = true"));
            }
        }
    }
    hold(problems);
}

#[test]
fn development_is_never_a_default() {
    let mut problems = Vec::new();
    for folder in ["crates", "functions"] {
        for name in packages(folder) {
            let path = format!("{folder}/{name}/Cargo.toml");
            let manifest = toml(&path);
            let features = manifest.get("features").and_then(toml::Value::as_table);
            if features.is_some_and(|features| features.contains_key("default")) {
                problems.push(format!("{path}: no default features; a release build has none."));
            }
        }
    }
    hold(problems);
}
