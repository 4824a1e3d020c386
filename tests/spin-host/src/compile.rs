//! Compiling components to machine code, once per content.

use anyhow::{Context, Result, anyhow};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasmtime::{Config, Engine, component::Component};

/// Compiles, and keeps what it compiled.
pub struct Compiler {
    engine: Engine,
    cache: PathBuf,
}

impl Compiler {
    /// A compiler that keeps its results in this folder.
    pub fn new(cache: &Path) -> Result<Self> {
        fs::create_dir_all(cache).with_context(|| cache.display().to_string())?;
        let mut config = Config::new();
        config.wasm_component_model_async(true);
        Ok(Self { engine: Engine::new(&config)?, cache: cache.to_owned() })
    }

    /// The engine that components run on.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Compiles a file, or takes the result of an earlier time.
    pub fn component(&self, source: &Path) -> Result<Component> {
        let bytes =
            fs::read(source).with_context(|| format!("cannot read {}", source.display()))?;
        let digest = Sha256::digest(&bytes);
        let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let kept = self.cache.join(format!("{name}.cwasm"));
        if kept.exists()
            && let Ok(component) = self.load(&kept)
        {
            return Ok(component);
        }
        let compiled = self.engine.precompile_component(&bytes);
        let compiled = compiled.map_err(|problem| anyhow!("{}: {problem:?}", source.display()))?;
        // Written aside first: another host may be reading.
        let aside = self.cache.join(format!("{name}.{}", std::process::id()));
        fs::write(&aside, compiled)?;
        fs::rename(&aside, &kept)?;
        Ok(self.load(&kept)?)
    }

    #[allow(unsafe_code)]
    fn load(&self, kept: &Path) -> wasmtime::Result<Component> {
        // SAFETY: the file was written by `component` above into a folder of our own build; wasmtime
        // refuses one of another version or another configuration of itself.
        unsafe { Component::deserialize_file(&self.engine, kept) }
    }
}
