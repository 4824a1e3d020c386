//! A small memory of an isolate: values that are a second old at most, bounded in bytes.

use std::collections::HashMap;

/// So long a change may stay unseen by those who ask another isolate than its author did.
const LIFE_MS: f64 = 1000.0;

/// Values by their keys. When it is full it forgets everything: a second later it would have anyway.
pub struct Recent<T> {
    values: HashMap<String, Kept<T>>,
    bytes: usize,
    bytes_max: usize,
}

struct Kept<T> {
    until_ms: f64,
    bytes: usize,
    value: T,
}

impl<T> Recent<T> {
    /// Holds values of so many bytes in all.
    pub fn new(bytes_max: usize) -> Self {
        Self { values: HashMap::new(), bytes: 0, bytes_max }
    }

    /// The value, if it was put within the last second.
    pub fn get(&self, key: &str, now_ms: f64) -> Option<&T> {
        let kept = self.values.get(key)?;
        (now_ms < kept.until_ms).then_some(&kept.value)
    }

    /// Keeps a value that takes so many bytes.
    pub fn put(&mut self, key: String, value: T, bytes: usize, now_ms: f64) {
        self.remove(&key);
        if self.bytes.saturating_add(bytes) > self.bytes_max {
            self.clear();
        }
        if bytes <= self.bytes_max {
            self.bytes = self.bytes.saturating_add(bytes);
            self.values.insert(key, Kept { until_ms: now_ms + LIFE_MS, bytes, value });
        }
    }

    /// Forgets one value.
    pub fn remove(&mut self, key: &str) {
        if let Some(kept) = self.values.remove(key) {
            self.bytes = self.bytes.saturating_sub(kept.bytes);
        }
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.values.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_there_for_a_second() {
        let mut recent = Recent::new(100);
        recent.put("a".into(), 1, 10, 5000.0);
        assert_eq!(recent.get("a", 5999.0), Some(&1));
        assert_eq!(recent.get("a", 6000.0), None);
        assert_eq!(recent.get("b", 5000.0), None);
        recent.put("a".into(), 2, 10, 6500.0);
        assert_eq!(recent.get("a", 7000.0), Some(&2));
        recent.remove("a");
        assert_eq!(recent.get("a", 7000.0), None);
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        let mut recent = Recent::new(100);
        for n in 0..1000 {
            recent.put(format!("key {n}"), n, 30, 0.0);
            let held = recent.values.values().map(|kept| kept.bytes).sum::<usize>();
            assert_eq!(held, recent.bytes);
            assert!(held <= 100);
            assert_eq!(recent.get(&format!("key {n}"), 0.0), Some(&n));
        }
        recent.put("large".into(), 0, 101, 0.0);
        assert_eq!(recent.get("large", 0.0), None);
        for n in 0..1000 {
            recent.put("same".into(), n, 60, 0.0);
        }
        assert_eq!(recent.bytes, 60);
    }
}
