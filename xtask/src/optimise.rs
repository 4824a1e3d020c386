//! Makes WASM smaller: modules as wasm-opt does it, and the modules inside of components.

use crate::{Result, process::Running, progress::Step, project::Project};
use std::{
    fs,
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

/// What the compiler and wasm-bindgen use of WASM beyond its first version; both runtimes know all of it.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-exception-handling",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// Functions in the order of their names stand beside those that are like them, which is worth a fortieth
/// once it is compressed.
const MODULE_PASSES: &[&str] = &["-Oz", "--reorder-functions-by-name"];
/// Once more after a rebuilt control flow: worth half a percent. It cannot be rebuilt around
/// exceptions, which the Worker's glue has.
const COMPONENT_PASSES: &[&str] = &["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz"];
/// What a component begins with, where a module says version 1
/// (<https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md>).
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
/// The numbers of a component's sections: names and the like, which mean nothing to a runtime, and a module.
const CUSTOM: u8 = 0;
const CORE_MODULE: u8 = 1;

/// Makes modules and components smaller in place, all at the same time.
pub fn all(project: &Project, files: &[PathBuf]) -> Result<()> {
    let mut step = Step::begin("optimising for size");
    let outcome = files
        .iter()
        .map(|file| Work::start(project, file))
        .collect::<Result<Vec<_>>>()
        .and_then(|work| work.into_iter().try_for_each(|each| each.finish(&mut step)));
    match outcome {
        Ok(()) => step.done(""),
        Err(_) => step.failed(),
    }
    outcome
}

struct Work {
    file: PathBuf,
    /// The component around the module: its bytes, and where the module lies in them.
    component: Option<(Vec<u8>, Section)>,
    from: PathBuf,
    to: PathBuf,
    running: Running,
}

impl Work {
    fn start(project: &Project, file: &Path) -> Result<Self> {
        let bytes = fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?;
        let (from, to) = (file.with_extension("core.wasm"), file.with_extension("small.wasm"));
        let component = if bytes.starts_with(COMPONENT) {
            let section = largest_module(&bytes)
                .ok_or_else(|| format!("{} is a component without a module", file.display()))?;
            Some((bytes, section))
        } else {
            None
        };
        let module = component.as_ref().map(|(bytes, section)| &bytes[section.body..section.end]);
        match module {
            Some(module) => fs::write(&from, module),
            None => fs::copy(file, &from).map(drop),
        }
        .map_err(|e| format!("{}: {e}", from.display()))?;
        let mut command = project.node();
        let passes = if component.is_some() { COMPONENT_PASSES } else { MODULE_PASSES };
        command.arg("node_modules/binaryen/bin/wasm-opt").args(passes).args(FEATURES);
        command.arg(&from).arg("-o").arg(&to);
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let running =
            Running::start("wasm-opt", &mut command, &project.log(&format!("wasm-opt-{name}")))?;
        Ok(Self { file: file.to_owned(), component, from, to, running })
    }

    fn finish(mut self, step: &mut Step) -> Result<()> {
        let status = loop {
            if let Some(status) = self.running.ended()? {
                break status;
            }
            step.beat(String::new);
            sleep(Duration::from_millis(50));
        };
        if !status.success() {
            return Err(format!("wasm-opt failed.\n{}", self.running.tail()));
        }
        let small = fs::read(&self.to).map_err(|e| format!("{}: {e}", self.to.display()))?;
        let whole = match &self.component {
            Some((bytes, section)) => without_names(&replaced(bytes, section, &small)),
            None => small,
        };
        fs::write(&self.file, whole).map_err(|e| format!("{}: {e}", self.file.display()))?;
        for file in [&self.from, &self.to] {
            fs::remove_file(file).map_err(|e| format!("{}: {e}", file.display()))?;
        }
        Ok(())
    }
}

/// Where a section lies: its number's byte, its first byte after the length, its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Section {
    start: usize,
    body: usize,
    end: usize,
}

/// The function's own module; the others in a component only adapt.
fn largest_module(bytes: &[u8]) -> Option<Section> {
    let (mut at, mut largest) = (COMPONENT.len(), None::<Section>);
    while at < bytes.len() {
        let (length, body) = number(bytes, at + 1)?;
        let section = Section { start: at, body, end: body.checked_add(length)? };
        if bytes[at] == CORE_MODULE && largest.is_none_or(|l| l.end - l.body < length) {
            largest = Some(section);
        }
        at = section.end;
    }
    largest.filter(|section| section.end <= bytes.len())
}

fn replaced(bytes: &[u8], section: &Section, module: &[u8]) -> Vec<u8> {
    let mut whole = bytes[..=section.start].to_vec();
    let mut length = module.len();
    while length > 127 {
        whole.push((length & 127) as u8 | 128);
        length >>= 7;
    }
    whole.push(length as u8);
    whole.extend_from_slice(module);
    whole.extend_from_slice(&bytes[section.end..]);
    whole
}

/// A component without its custom sections; one that cannot be read stays as it is.
fn without_names(bytes: &[u8]) -> Vec<u8> {
    let mut kept = COMPONENT.to_vec();
    let mut at = COMPONENT.len();
    while at < bytes.len() {
        let section = number(bytes, at + 1).and_then(|(length, body)| bytes.get(at..body + length));
        let Some(section) = section else { return bytes.to_vec() };
        if section[0] != CUSTOM {
            kept.extend_from_slice(section);
        }
        at += section.len();
    }
    kept
}

/// A number as WASM writes lengths (LEB128), and where the next byte is.
fn number(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let (mut value, mut shift) = (0usize, 0);
    loop {
        let byte = *bytes.get(at)?;
        value |= usize::from(byte & 127) << shift;
        at += 1;
        if byte < 128 {
            return Some((value, at));
        }
        shift += 7;
        if shift > 28 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COMPONENT, CORE_MODULE, CUSTOM, largest_module, replaced, without_names};

    fn section(number: u8, body: &[u8]) -> Vec<u8> {
        let length = [(body.len() & 127) as u8 | 128, (body.len() >> 7) as u8];
        [&[number], &length[..], body].concat()
    }

    #[test]
    fn the_largest_module_is_replaced_and_the_rest_kept() {
        let (small, large, other) = (
            section(CORE_MODULE, &[1; 20]),
            section(CORE_MODULE, &[2; 300]),
            section(7, &[3; 900]),
        );
        let bytes = [COMPONENT, &small, &other, &large, &other].concat();
        let found = largest_module(&bytes).unwrap();
        assert_eq!(bytes[found.body..found.end], [2; 300]);

        let whole = replaced(&bytes, &found, &[9; 200]);
        let expected = section(CORE_MODULE, &[9; 200]);
        assert_eq!(whole, [COMPONENT, &small, &other, &expected, &other].concat());
    }

    #[test]
    fn names_are_left_out() {
        let (names, module) = (section(CUSTOM, &[4; 40]), section(CORE_MODULE, &[2; 300]));
        let bytes = [COMPONENT, &names, &module, &names].concat();
        assert_eq!(without_names(&bytes), [COMPONENT, &module].concat());
        let broken = [COMPONENT, &[CORE_MODULE, 255, 1, 0][..]].concat();
        assert_eq!(without_names(&broken), broken);
    }

    #[test]
    fn a_broken_component_is_refused() {
        let bytes = [COMPONENT, &[CORE_MODULE, 255, 1, 0][..]].concat();
        assert_eq!(largest_module(&bytes), None);
    }
}
