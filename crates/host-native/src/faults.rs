//! The fault knob: this call fails, before or after it takes effect.

use platform::{Error, Result};
use std::cell::{Cell, RefCell};

/// When a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Nothing was done.
    Before,
    /// Everything was done, and the caller does not learn of it.
    After,
}

struct Rule {
    part: String,
    when: When,
    once: bool,
}

/// The rules, and a list of every operation that was asked for.
///
/// Operations read `db batch <statements>`, `kv get|put|delete <key>`, `cache get|put|delete <key>`,
/// `blob get|put|list|delete <key>`, `http <METHOD> <host><path>`.
#[derive(Default)]
pub struct Faults {
    rules: RefCell<Vec<Rule>>,
    asked: RefCell<Vec<String>>,
    left: Cell<Option<usize>>,
}

impl Faults {
    /// The next operation that contains `part` fails.
    pub fn fail(&self, part: &str, when: When) {
        self.rules.borrow_mut().push(Rule { part: part.to_owned(), when, once: true });
    }

    /// Every operation that contains `part` fails, until [`Faults::heal`].
    pub fn fail_always(&self, part: &str, when: When) {
        self.rules.borrow_mut().push(Rule { part: part.to_owned(), when, once: false });
    }

    /// After so many operations more nothing answers any longer, as when the power goes, until
    /// [`Faults::heal`].
    pub fn stop_after(&self, operations: usize) {
        self.left.set(Some(operations));
    }

    /// Forgets all rules.
    pub fn heal(&self) {
        self.rules.borrow_mut().clear();
        self.left.set(None);
    }

    /// The operations that were asked for since the last call of this.
    pub fn take_asked(&self) -> Vec<String> {
        self.asked.take()
    }

    pub(crate) fn before(&self, operation: &str) -> Result<()> {
        self.asked.borrow_mut().push(operation.to_owned());
        if let Some(left) = self.left.get() {
            let left = left.checked_sub(1);
            self.left.set(Some(left.unwrap_or(0)));
            left.ok_or_else(|| Error::Unavailable(format!("the power is gone: {operation}")))?;
        }
        self.check(operation, When::Before)
    }

    pub(crate) fn after(&self, operation: &str) -> Result<()> {
        self.check(operation, When::After)
    }

    fn check(&self, operation: &str, when: When) -> Result<()> {
        let mut rules = self.rules.borrow_mut();
        let fits = |rule: &Rule| rule.when == when && operation.contains(&rule.part);
        let Some(at) = rules.iter().position(fits) else { return Ok(()) };
        if rules.get(at).is_some_and(|rule| rule.once) {
            rules.remove(at);
        }
        Err(if operation.starts_with("http ") {
            Error::Outgoing("The other side does not answer.".into())
        } else {
            Error::Unavailable(format!("made to fail: {operation}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_once_and_only_at_its_moment() {
        let faults = Faults::default();
        faults.fail("put media/", When::After);
        assert_eq!(faults.before("blob put media/1"), Ok(()));
        assert!(faults.after("blob put media/1").is_err());
        assert_eq!(faults.after("blob put media/1"), Ok(()));
    }

    #[test]
    fn a_lasting_rule_counts_until_it_is_healed() {
        let faults = Faults::default();
        faults.fail_always("kv", When::Before);
        assert!(faults.before("kv get a").is_err());
        assert!(faults.before("kv put b").is_err());
        faults.heal();
        assert_eq!(faults.before("kv get a"), Ok(()));
    }
}
