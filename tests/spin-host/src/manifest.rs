//! The part of a Spin manifest (version 2) that matters here, with its variables filled in.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// An application.
pub struct Manifest {
    pub components: BTreeMap<String, Component>,
    /// Route and component.
    pub triggers: Vec<(String, String)>,
}

/// A component and what it may reach.
pub struct Component {
    pub source: PathBuf,
    pub variables: BTreeMap<String, String>,
    pub outbound_hosts: Vec<String>,
    pub key_value_stores: BTreeSet<String>,
    pub sqlite_databases: BTreeSet<String>,
}

#[derive(Deserialize)]
struct File {
    spin_manifest_version: u8,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    trigger: Triggers,
    component: BTreeMap<String, FileComponent>,
}

#[derive(Deserialize)]
struct Variable {
    default: Option<String>,
}

#[derive(Deserialize)]
struct Triggers {
    http: Vec<Trigger>,
}

#[derive(Deserialize)]
struct Trigger {
    route: String,
    component: String,
}

#[derive(Deserialize)]
struct FileComponent {
    source: PathBuf,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    key_value_stores: BTreeSet<String>,
    #[serde(default)]
    sqlite_databases: BTreeSet<String>,
}

impl Manifest {
    /// Reads a manifest; `given` are the values of the application's variables.
    pub fn read(path: &Path, given: &BTreeMap<String, String>) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder, given).with_context(|| path.display().to_string())
    }

    fn parse(text: &str, folder: &Path, given: &BTreeMap<String, String>) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        ensure!(file.spin_manifest_version == 2, "only version 2 of the manifest is known");
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, variable) in file.variables {
            match given.get(&name).cloned().or(variable.default) {
                Some(value) => drop(values.insert(name, value)),
                None => missing.push(name),
            }
        }
        ensure!(missing.is_empty(), "these variables have no value: {}", missing.join(", "));
        let mut components = BTreeMap::new();
        for (id, component) in file.component {
            let filled =
                component.fill(folder, &values).with_context(|| format!("the component {id}"))?;
            components.insert(id, filled);
        }
        let triggers: Vec<_> =
            file.trigger.http.into_iter().map(|http| (http.route, http.component)).collect();
        for (route, component) in &triggers {
            ensure!(components.contains_key(component), "{route}: there is no {component}");
        }
        Ok(Self { components, triggers })
    }
}

impl FileComponent {
    fn fill(self, folder: &Path, values: &BTreeMap<String, String>) -> Result<Component> {
        let pair = |(name, text): (String, String)| Ok((name, fill(&text, values)?));
        Ok(Component {
            source: folder.join(self.source),
            variables: self.variables.into_iter().map(pair).collect::<Result<_>>()?,
            outbound_hosts: self
                .allowed_outbound_hosts
                .iter()
                .map(|text| fill(text, values))
                .collect::<Result<_>>()?,
            key_value_stores: self.key_value_stores,
            sqlite_databases: self.sqlite_databases,
        })
    }
}

/// Puts the values of variables into a text that has `{{ name }}` in it.
fn fill(text: &str, values: &BTreeMap<String, String>) -> Result<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { bail!("{text}: no }}}}") };
        let name = name.trim();
        let value = values.get(name).with_context(|| format!("there is no variable {name}"))?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        spin_manifest_version = 2
        variables = { a = { default = "one" }, b = { required = true, secret = true } }
        [[trigger.http]]
        route = "/..."
        component = "blog"
        [component.blog]
        source = "blog.wasm"
        variables = { both = "{{ a }}-{{b}}" }
    "#;

    #[test]
    fn variables_are_filled_in_and_their_absence_is_told() {
        let given = BTreeMap::from([("b".to_owned(), "two".to_owned())]);
        let manifest = Manifest::parse(TEXT, Path::new("here"), &given).unwrap();
        let blog = &manifest.components["blog"];
        assert_eq!(blog.variables["both"], "one-two");
        assert_eq!(blog.source, Path::new("here/blog.wasm"));
        let problem = Manifest::parse(TEXT, Path::new(""), &BTreeMap::new()).err().unwrap();
        assert!(problem.to_string().contains("no value: b"), "{problem}");
    }
}
