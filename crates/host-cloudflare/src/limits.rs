//! The limits port: one Durable Object for each key, and the object's class.

use platform::{Error, Limits, Local, Policy, Result, Verdict, gcra};
use std::{rc::Rc, time::Duration};
use worker::{DurableObject, Env, Request, Response, State, durable_object, js_sys};

/// The namespace behind the binding `LIMITS`.
pub struct Buckets(pub Rc<Env>);

impl Limits for Buckets {
    fn take<'a>(&'a self, key: &'a str, policy: Policy, now_ms: i64) -> Local<'a, Result<Verdict>> {
        Box::pin(async move {
            let namespace = self.0.durable_object("LIMITS").map_err(Error::internal)?;
            let name = format!("{}/{key}", policy.name);
            let bucket = namespace.id_from_name(&name).and_then(|id| id.get_stub());
            let bucket = bucket.map_err(Error::internal)?;
            let Policy { count, window_seconds, .. } = policy;
            let question = format!("https://limits.invalid/{count}/{window_seconds}/{now_ms}");
            let mut answer = bucket.fetch_with_str(&question).await.map_err(unavailable)?;
            let text = answer.text().await.map_err(unavailable)?;
            parse_verdict(&text).ok_or_else(|| Error::Unavailable(format!("LIMITS said {text}")))
        })
    }
}

/// The state of one key: a GCRA bucket in the object's storage, gone by itself when it is full again.
#[durable_object(alarm)]
pub struct Limiter {
    state: State,
}

/// Where the state is kept: `[tat_ms, end_ms]`. The end is by this object's clock, because the
/// caller's may be moved in development and in tests.
const STATE: &str = "tat";

impl DurableObject for Limiter {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    /// Nothing else reaches the object between reading and writing: its input gate is closed while
    /// storage works.
    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let Some((policy, now_ms)) = parse_question(&request.path()) else {
            return Response::error("not a question", 400);
        };
        let storage = self.state.storage();
        let kept: Option<(f64, f64)> = storage.get(STATE).await?;
        let (verdict, tat_ms) = gcra(kept.map(|(tat, _)| tat as i64), now_ms, policy);
        if verdict.allowed {
            let life_ms = tat_ms.saturating_sub(now_ms).max(0);
            let end = js_sys::Date::now() + life_ms as f64;
            storage.put(STATE, (tat_ms as f64, end)).await?;
            // An alarm that rings too early is set anew; that saves a write for each take.
            if kept.is_none() {
                storage.set_alarm(Duration::from_millis(life_ms.unsigned_abs())).await?;
            }
        }
        Response::ok(write_verdict(verdict))
    }

    async fn alarm(&self) -> worker::Result<Response> {
        let storage = self.state.storage();
        let kept: Option<(f64, f64)> = storage.get(STATE).await?;
        let left = kept.map_or(0.0, |(_, end)| end - js_sys::Date::now());
        if left > 0.0 {
            storage.set_alarm(Duration::from_millis(left as u64)).await?;
        } else {
            storage.delete_alarm().await?;
            storage.delete_all().await?;
        }
        Response::empty()
    }
}

fn parse_question(path: &str) -> Option<(Policy, i64)> {
    let mut parts = path.trim_start_matches('/').split('/');
    let count = parts.next()?.parse().ok()?;
    let window_seconds = parts.next()?.parse().ok()?;
    let now_ms = parts.next()?.parse().ok()?;
    Some((Policy { name: "", count, window_seconds }, now_ms))
}

fn write_verdict(verdict: Verdict) -> String {
    let Verdict { allowed, remaining, retry_after_seconds } = verdict;
    format!("{}/{remaining}/{retry_after_seconds}", u8::from(allowed))
}

fn parse_verdict(text: &str) -> Option<Verdict> {
    let mut parts = text.split('/');
    Some(Verdict {
        allowed: parts.next()? == "1",
        remaining: parts.next()?.parse().ok()?,
        retry_after_seconds: parts.next()?.parse().ok()?,
    })
}

fn unavailable(error: worker::Error) -> Error {
    Error::Unavailable(format!("LIMITS: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_survives_the_way_through_the_object() {
        for allowed in [true, false] {
            let verdict = Verdict { allowed, remaining: 9, retry_after_seconds: 30 };
            assert_eq!(parse_verdict(&write_verdict(verdict)), Some(verdict));
        }
    }

    #[test]
    fn a_path_that_is_no_question_is_refused() {
        let (policy, now_ms) = parse_question("/10/300/1700000000000").expect("a question");
        assert_eq!((policy.count, policy.window_seconds, now_ms), (10, 300, 1_700_000_000_000));
        for path in ["/", "/10/300", "/10/-1/5", "/a/b/c"] {
            assert!(parse_question(path).is_none(), "{path}");
        }
    }
}
