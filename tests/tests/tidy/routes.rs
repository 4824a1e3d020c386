//! The route table as a whole: nothing stands in it twice, and what guards a secret is limited.

use super::hold;
use platform::Site;
use std::collections::BTreeMap;
use web::{Per, Verb, Who};

#[test]
fn what_guards_a_secret_has_a_limit_by_address_and_another_one() {
    let mut problems = Vec::new();
    for function in app::FUNCTIONS {
        for route in function.routes.iter().filter(|route| route.guards_a_secret) {
            let by_address = route.limits.iter().any(|limit| limit.per == Per::Address);
            let by_other = route.limits.iter().any(|limit| limit.per != Per::Address);
            if !by_address || !by_other {
                problems.push(format!(
                    "{} {}: a secret hangs on it, so it needs a limit per address and another one.",
                    function.name, route.path
                ));
            }
        }
    }
    hold(problems);
}

#[test]
fn no_path_and_method_is_answered_twice() {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for function in app::FUNCTIONS {
        for route in function.routes {
            let shape: Vec<&str> = route
                .path
                .split('/')
                .map(|part| {
                    part.split_once('{')
                        .map_or(part, |(before, _)| if before.is_empty() { "{}" } else { before })
                })
                .collect();
            // An address may have a door for browsers and one for programs, who send their token in the header.
            let door = if route.for_programs { "programs" } else { "browsers" };
            let key = format!("{:?} {:?} {} for {door}", route.site, route.verb, shape.join("/"));
            if let Some(other) = seen.insert(key.clone(), function.name) {
                problems.push(format!("{key} is answered by {other} and by {}.", function.name));
            }
        }
    }
    hold(problems);
}

#[test]
fn every_route_that_changes_something_says_who_and_how_much() {
    let mut problems = Vec::new();
    for function in app::FUNCTIONS {
        for route in function.routes.iter().filter(|route| route.verb != Verb::Get) {
            let place = format!("{} {}", function.name, route.path);
            if route.site != Site::App && !route.for_programs {
                problems.push(format!(
                    "{place}: blogs and media only give to browsers; what changes is the app's."
                ));
            }
            let is_open =
                route.who == Who::Anyone && route.limits.is_empty() && route.path != "/signout";
            if is_open {
                problems.push(format!("{place}: anyone may call it, so it needs limits."));
            }
            if route.body_bytes_max > 64 << 20 {
                problems.push(format!(
                    "{place}: a body of {} bytes does not fit a request.",
                    route.body_bytes_max
                ));
            }
        }
    }
    hold(problems);
}

#[test]
fn every_kind_of_job_is_carried_out_by_one_function() {
    let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for function in app::FUNCTIONS {
        for job in function.jobs {
            if let Some(other) = kinds.insert(job.kind, function.name) {
                problems.push(format!(
                    "jobs of kind {} are both {other}'s and {}'s.",
                    job.kind, function.name
                ));
            }
        }
    }
    let written: Vec<String> = super::rust_files(&["crates", "functions"])
        .iter()
        .flat_map(|(_, text)| {
            super::quoted_after(text, &["job::insert(cx, \"", "job::insert_at(cx, \""])
        })
        .collect();
    for kind in &written {
        // Stripe's events wait for what will apply them.
        if !kinds.contains_key(kind.as_str()) && kind != "stripe-event" {
            problems.push(format!(
                "jobs of kind {kind} are written and nobody carries them out: add it to a JOBS."
            ));
        }
    }
    hold(problems);
}
