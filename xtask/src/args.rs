//! The words of the command line, taken one by one; what is left over is a mistake.

use crate::Result;

/// The words behind a command's name.
pub struct Args {
    command: String,
    words: Vec<String>,
}

impl Args {
    /// The words behind `command`.
    pub fn new(command: &str, words: Vec<String>) -> Self {
        Self { command: command.to_owned(), words }
    }

    /// Takes a flag such as `--fresh`; true when it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// Takes an option's value, given as `--port 1` or `--port=1`.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let joined = format!("{name}=");
        if let Some(at) = self.words.iter().position(|word| word.starts_with(&joined)) {
            return Ok(Some(self.words.remove(at).split_off(joined.len())));
        }
        let Some(at) = self.words.iter().position(|word| word == name) else { return Ok(None) };
        if at + 1 >= self.words.len() {
            return Err(format!("{name} needs a value. {}", self.hint()));
        }
        self.words.remove(at);
        Ok(Some(self.words.remove(at)))
    }

    /// Takes a port number, or the one that is usual.
    pub fn port(&mut self, name: &str, usual: u16) -> Result<u16> {
        let Some(text) = self.value(name)? else { return Ok(usual) };
        match text.parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(format!("{name} needs a port number from 1 to 65535, not `{text}`.")),
        }
    }

    /// Takes the next word that is no option.
    pub fn word(&mut self) -> Option<String> {
        let at = self.words.iter().position(|word| !word.starts_with('-'))?;
        Some(self.words.remove(at))
    }

    /// Says what was left over, if anything was.
    pub fn finish(self) -> Result<()> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => Err(format!("`{word}` is not understood here. {}", self.hint())),
        }
    }

    fn hint(&self) -> String {
        format!("`cargo xtask {} --help` lists what is.", self.command)
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn args(line: &str) -> Args {
        Args::new("dev", line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_are_taken_in_any_order_and_form() {
        let mut args = args("--fresh --port=99 word --data here");
        assert_eq!(args.port("--port", 1), Ok(99));
        assert_eq!(args.value("--data"), Ok(Some("here".to_owned())));
        assert!(args.flag("--fresh") && !args.flag("--fresh"));
        assert_eq!(args.word().as_deref(), Some("word"));
        assert_eq!(args.finish(), Ok(()));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(args("--port many").port("--port", 1).is_err_and(|e| e.contains("many")));
        assert!(args("--data").value("--data").is_err_and(|e| e.contains("--data")));
        assert!(args("--frehs").finish().is_err_and(|e| e.contains("--frehs")));
    }
}
