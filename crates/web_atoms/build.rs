//! Writes the tables: names as `string_cache` keeps them, and the entities of HTML, sorted.

use entities::{Codepoints, ENTITIES};
use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs::{self, File},
    io::Write as _,
    path::Path,
};
use string_cache_codegen::AtomType;

const NAMESPACES: [(&str, &str); 8] = [
    ("", ""),
    ("*", "*"),
    ("html", "http://www.w3.org/1999/xhtml"),
    ("xml", "http://www.w3.org/XML/1998/namespace"),
    ("xmlns", "http://www.w3.org/2000/xmlns/"),
    ("xlink", "http://www.w3.org/1999/xlink"),
    ("svg", "http://www.w3.org/2000/svg"),
    ("mathml", "http://www.w3.org/1998/Math/MathML"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::var("OUT_DIR")?;
    write_atoms(&Path::new(&folder).join("atoms.rs"))?;
    fs::write(Path::new(&folder).join("entities.rs"), entities()?)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=names.txt");
    Ok(())
}

fn write_atoms(path: &Path) -> Result<(), Box<dyn Error>> {
    let names = fs::read_to_string("names.txt")?;
    let lower = names.to_ascii_lowercase();
    let names = names.split_ascii_whitespace().chain(lower.split_ascii_whitespace());
    let mut file = File::create(path)?;
    AtomType::new("LocalName", "local_name!").atoms(names).write_to(&mut file)?;
    let (prefixes, urls): (Vec<_>, Vec<_>) = NAMESPACES.into_iter().unzip();
    AtomType::new("Prefix", "namespace_prefix!").atoms(prefixes).write_to(&mut file)?;
    AtomType::new("Namespace", "namespace_url!").atoms(urls).write_to(&mut file)?;
    writeln!(file, "/// The namespace of a prefix.\n#[macro_export] macro_rules! ns {{")?;
    for (prefix, url) in NAMESPACES {
        writeln!(file, "({prefix}) => {{ $crate::namespace_url!({url:?}) }};")?;
    }
    writeln!(file, "}}")?;
    Ok(())
}

fn entities() -> Result<String, Box<dyn Error>> {
    let sorted: BTreeMap<&str, (u32, u32)> = ENTITIES
        .iter()
        .map(|entity| {
            let characters = match entity.codepoints {
                Codepoints::Single(one) => (one, 0),
                Codepoints::Double(one, two) => (one, two),
            };
            (entity.entity.trim_start_matches('&'), characters)
        })
        .collect();
    let mut names = String::new();
    let mut ends = Vec::new();
    for name in sorted.keys() {
        names.push_str(name);
        ends.push(u16::try_from(names.len())?);
    }
    let (count, characters) = (sorted.len(), sorted.values().collect::<Vec<_>>());
    let mut text = format!("const NAMES: &str = {names:?};\n");
    writeln!(text, "static ENDS: [u16; {count}] = {ends:?};")?;
    writeln!(text, "static CHARACTERS: [(u32, u32); {count}] = {characters:?};")?;
    Ok(text)
}
