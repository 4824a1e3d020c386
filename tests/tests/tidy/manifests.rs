//! Folders, the table of functions, `spin.toml` and `wrangler.toml` say the same.

use super::{hold, packages, quoted_after, rust_files, toml};
use host_spin::{FORWARDS, Forward, Paths};
use platform::Site;
use std::collections::BTreeMap;
use web::{Function, Route};

#[test]
fn every_folder_of_functions_is_in_the_table_and_a_component() {
    let folders = packages("functions");
    let table: Vec<&str> = app::FUNCTIONS.iter().map(|function| function.name).collect();
    let spin = toml("spin.toml");
    let components = spin["component"].as_table().expect("spin.toml has components");
    let mut problems = Vec::new();
    for folder in &folders {
        if !table.contains(&folder.as_str()) {
            problems.push(format!(
                "functions/{folder} is not served by the Worker: add `{folder}.workspace = true` to crates/app/Cargo.toml \
                 and `&{folder}::FUNCTION` to FUNCTIONS in crates/app/src/lib.rs."
            ));
        }
        if !components.contains_key(folder) {
            problems.push(format!(
                "functions/{folder} is not a component: add [component.{folder}] with its grants and a [[trigger.http]] \
                 per route to spin.toml."
            ));
        }
    }
    for name in table.iter().copied().chain(components.keys().map(String::as_str)) {
        if !folders.iter().any(|folder| folder == name) {
            problems.push(format!(
                "{name} is in a table or manifest and has no folder functions/{name}."
            ));
        }
    }
    hold(problems);
}

#[test]
fn every_component_is_built_from_its_package() {
    let spin = toml("spin.toml");
    let mut problems = Vec::new();
    for (name, component) in spin["component"].as_table().expect("spin.toml has components") {
        let source = component["source"].as_str().unwrap_or_default();
        if source != format!("target/wasm32-wasip2/release/{name}.wasm") {
            problems.push(format!("spin.toml: [component.{name}] has the source {source}."));
        }
        let command = component["build"]["command"].as_str().unwrap_or_default();
        if !command.ends_with(&format!("-p {name}")) {
            problems.push(format!(
                "spin.toml: [component.{name}.build] does not build {name}: {command}"
            ));
        }
    }
    hold(problems);
}

#[test]
fn every_route_leads_to_its_component() {
    let triggers = triggers();
    let mut problems = Vec::new();
    for function in app::FUNCTIONS {
        for route in function.routes {
            let path = sample(route);
            let first = trigger(&triggers, &path);
            let answers = first.and_then(|first| answers(first, route.site, &path));
            if answers != Some(function.name) {
                problems.push(format!(
                    "{} {} is {}'s, and on Spin it comes to {}: add to spin.toml\n  [[trigger.http]]\n  route = \"{}\"\n  \
                     component = \"{}\"",
                    function.name,
                    route.path,
                    function.name,
                    answers.unwrap_or("nobody"),
                    route.path.split("/{").next().unwrap_or_default(),
                    function.name,
                ));
            }
        }
        if !function.jobs.is_empty() {
            let path = format!("/jobs/{}", function.name);
            if trigger(&triggers, &path) != Some(function.name) {
                problems.push(format!(
                    "{} has jobs: add the trigger {path} to spin.toml.",
                    function.name
                ));
            }
            if !host_spin::RUNNERS.contains(&function.name) {
                problems.push(format!(
                    "{} has jobs: add it to RUNNERS in crates/host-spin/src/jobs.rs.",
                    function.name
                ));
            }
        }
    }
    hold(problems);
}

#[test]
fn every_trigger_leads_to_a_component_that_is_there() {
    let spin = toml("spin.toml");
    let components = spin["component"].as_table().expect("spin.toml has components");
    let strays =
        triggers().into_iter().filter(|(_, component)| !components.contains_key(component));
    hold(
        strays
            .map(|(route, name)| format!("spin.toml: {route} leads to {name}, which is none."))
            .collect(),
    );
}

/// The routes of `spin.toml` and their components.
fn triggers() -> BTreeMap<String, String> {
    let spin = toml("spin.toml");
    let list = spin["trigger"]["http"].as_array().expect("spin.toml has triggers").clone();
    let text = |trigger: &toml::Value, name: &str| {
        trigger.get(name).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    list.iter().map(|trigger| (text(trigger, "route"), text(trigger, "component"))).collect()
}

/// Spin's rule: the exact route, else the longest `/prefix/...`.
fn trigger<'a>(triggers: &'a BTreeMap<String, String>, path: &str) -> Option<&'a str> {
    if let Some(component) = triggers.get(path) {
        return Some(component);
    }
    let fits = |route: &str| {
        route.strip_suffix("/...").is_some_and(|prefix| {
            path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let best =
        triggers.iter().filter(|(route, _)| fits(route)).max_by_key(|(route, _)| route.len());
    best.map(|(_, component)| component.as_str())
}

/// Who answers a path that comes to a component first.
fn answers(first: &str, site: Site, path: &str) -> Option<&'static str> {
    let first: &Function =
        app::FUNCTIONS.iter().copied().find(|function| function.name == first)?;
    let forward = FORWARDS.iter().find(|forward| {
        forward.site == site
            && match forward.paths {
                Paths::Exactly(exact) => path == exact,
                Paths::Below(prefix) => path.starts_with(prefix),
            }
    });
    match forward {
        Some(Forward { paths: Paths::Exactly(_), component, .. }) => Some(component),
        _ if web::has_route(first, site, path) => Some(first.name),
        _ => forward.map(|forward| forward.component),
    }
}

/// A path that a route answers.
fn sample(route: &Route) -> String {
    let part = |part: &str| match part.split_once('{') {
        Some((before, _)) => format!("{before}x"),
        None => part.to_owned(),
    };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn every_binding_that_the_worker_uses_is_in_its_manifest() {
    let manifest = toml("wrangler.toml");
    let name = |value: &toml::Value| {
        let name = value.get("binding").or_else(|| value.get("name"));
        name.and_then(toml::Value::as_str).map(str::to_owned)
    };
    let list = |value: Option<&toml::Value>| -> Vec<String> {
        let list = value.and_then(toml::Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(name).collect()
    };
    let bound: Vec<String> = [
        manifest.get("d1_databases"),
        manifest.get("kv_namespaces"),
        manifest.get("r2_buckets"),
        manifest.get("queues").and_then(|queues| queues.get("producers")),
        manifest.get("durable_objects").and_then(|objects| objects.get("bindings")),
    ]
    .into_iter()
    .flat_map(list)
    .collect();
    let words = ["binding(&self.0, \"", ".kv(\"", ".bucket(\"", ".queue(\"", ".durable_object(\""];
    let used: Vec<String> = rust_files(&["crates/host-cloudflare/src"])
        .iter()
        .flat_map(|(_, text)| quoted_after(text, &words))
        .collect();
    assert!(used.len() >= 5, "only {used:?} were found in crates/host-cloudflare");
    let mut problems = Vec::new();
    for name in &used {
        if !bound.contains(name) {
            problems.push(format!("crates/host-cloudflare uses {name}: bind it in wrangler.toml."));
        }
    }
    for name in bound.iter().filter(|name| !used.contains(name)) {
        problems.push(format!("wrangler.toml binds {name}, which nothing uses."));
    }
    hold(problems);
}

#[test]
fn a_component_is_granted_what_its_function_needs_and_no_secret_more() {
    let spin = toml("spin.toml");
    let components = spin["component"].as_table().expect("spin.toml has components");
    let mut problems = Vec::new();
    for (name, component) in components {
        let granted: Vec<&String> =
            component["variables"].as_table().expect("a component has variables").keys().collect();
        let hosts = component["allowed_outbound_hosts"].as_array().cloned().unwrap_or_default();
        let reaches =
            |text: &str| hosts.iter().any(|host| host.as_str().unwrap_or_default().contains(text));
        // Signin has the pictures of people, posting the files of posts.
        let owners: [(&str, &[&str]); 3] =
            [("stripe_", &["billing"]), ("mail_", &["signin"]), ("s3_", &["signin", "posting"])];
        for (prefix, owners) in owners {
            let has =
                granted.iter().any(|variable| variable.starts_with(prefix)) || reaches(prefix);
            if has && !owners.contains(&name.as_str()) {
                let owners = owners.join(" and ");
                problems
                    .push(format!("spin.toml: {name} has {prefix}…, which is for {owners} alone."));
            }
        }
        if reaches("*") && name != "feeds" {
            problems.push(format!(
                "spin.toml: {name} may reach anyone; only feeds fetches from strangers."
            ));
        }
    }
    hold(problems);
}
