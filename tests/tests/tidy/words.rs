//! What is written for people keeps up with what the code does.

use super::{hold, quoted_after, read, root};
use std::fs;

fn settings() -> Vec<String> {
    let files = ["config.rs", "config/billing.rs", "config/notices.rs"];
    let marks = ["get(\"", "&get, \""];
    let read = |file: &&str| read(&format!("crates/platform/src/{file}"));
    let names = files.iter().flat_map(|file| quoted_after(&read(file), &marks));
    names.filter(|name| name.bytes().all(|byte| !byte.is_ascii_lowercase())).collect()
}

#[test]
fn every_setting_is_documented() {
    let mut names = settings();
    names.extend(quoted_after(&read("crates/host-spin/src/settings.rs"), &["variable(\""]));
    assert!(names.len() > 15, "only {names:?} were found");
    let docs = read("docs/configuration.md");
    let missing = names.iter().filter(|name| !docs.contains(&format!("`{name}`")));
    hold(
        missing
            .map(|name| format!("{name} is a setting: describe it in docs/configuration.md."))
            .collect(),
    );
}

#[test]
fn every_setting_of_a_deployment_reaches_the_components() {
    let spin = read("spin.toml");
    let names = settings();
    let missing =
        names.iter().filter(|name| !spin.contains(&format!("{} = ", name.to_lowercase())));
    hold(
        missing
            .map(|name| format!("{name} is a setting: add it to the variables of spin.toml."))
            .collect(),
    );
}

#[test]
fn every_link_between_the_documents_leads_somewhere() {
    let mut problems = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
        .iter()
        .map(|name| (*name).to_owned())
        .chain(documents())
    {
        let Ok(text) = fs::read_to_string(root().join(&name)) else { continue };
        let folder = root().join(&name).parent().expect("a file has a folder").to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')) {
            let path = link.0.split('#').next().unwrap_or_default();
            let is_outside = path.is_empty()
                || path.contains("://")
                || path.starts_with("mailto:")
                || path.starts_with('/');
            if !is_outside && !folder.join(path).exists() {
                problems.push(format!("{name}: {path} is not there."));
            }
        }
    }
    hold(problems);
}

fn documents() -> Vec<String> {
    let folder = fs::read_dir(root().join("docs")).into_iter().flatten().filter_map(Result::ok);
    folder.map(|entry| format!("docs/{}", entry.file_name().to_string_lossy())).collect()
}
