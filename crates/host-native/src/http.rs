//! Outgoing HTTP that goes nowhere: calls are noted, and answered as the test said.

use crate::{Clock, Faults, db::turn};
use bytes::Bytes;
use http::{Method, Response};
use platform::{Call, Error, Http, Local, Result};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

type Answer = Rc<dyn Fn(&Call) -> Response<Bytes>>;

/// The port behind the gate. Mails are taken as Postmark takes them, so that sign-in works; nothing
/// else answers unless a test says so.
pub struct FakeHttp {
    calls: RefCell<Vec<Call>>,
    times: RefCell<Vec<i64>>,
    clock: Rc<Clock>,
    answers: RefCell<Vec<(String, Answer)>>,
    faults: Rc<Faults>,
    turns: Cell<usize>,
}

impl FakeHttp {
    pub(crate) fn new(clock: Rc<Clock>, faults: Rc<Faults>) -> Self {
        let (calls, times, answers, turns) = Default::default();
        Self { calls, times, clock, answers, faults, turns }
    }

    /// Answers every call whose address begins with `prefix`; what was said last counts.
    pub fn answer(&self, prefix: &str, answer: impl Fn(&Call) -> Response<Bytes> + 'static) {
        self.answers.borrow_mut().push((prefix.to_owned(), Rc::new(answer)));
    }

    /// Lets whoever else runs go first between an answer and its arrival, so many times or some times more;
    /// 0 for answers that are there at once.
    pub fn be_slow(&self, turns: usize) {
        self.turns.set(turns);
    }

    /// Every call so far, the oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.borrow().clone()
    }

    /// When each of those calls was made, in unix milliseconds.
    pub fn times(&self) -> Vec<i64> {
        self.times.borrow().clone()
    }

    fn exchange(&self, call: &Call) -> Result<Response<Bytes>> {
        let host = call.url.host_str().unwrap_or_default();
        let operation = format!("http {} {host}{}", call.method, call.url.path());
        self.faults.before(&operation)?;
        self.calls.borrow_mut().push(call.clone());
        self.times.borrow_mut().push(self.clock.now().timestamp_millis());
        let answer = self.find(call.url.as_str());
        let answer = match answer {
            Some(answer) => answer(call),
            None if call.method == Method::POST && call.url.path().ends_with("/email") => taken(),
            None => return Err(Error::Outgoing("Nothing answers at that address.".into())),
        };
        if answer.body().len() > call.body_bytes_max {
            return Err(Error::TooLarge);
        }
        self.faults.after(&operation)?;
        Ok(answer)
    }

    fn find(&self, url: &str) -> Option<Answer> {
        let answers = self.answers.borrow();
        let mut fitting = answers.iter().rev().filter(|(prefix, _)| url.starts_with(prefix));
        fitting.next().map(|(_, answer)| answer.clone())
    }
}

impl Http for FakeHttp {
    fn send<'a>(&'a self, call: &'a Call) -> Local<'a, Result<Response<Bytes>>> {
        let answer = self.exchange(call);
        // Some are on their way much longer than others.
        let longer = match self.calls.borrow().len().checked_rem(7) {
            Some(0 | 5) => 1,
            Some(3) => 5,
            Some(6) => 9,
            _ => 0,
        };
        let turns = self.turns.get().saturating_mul(longer);
        Box::pin(async move {
            for _ in 0..turns {
                turn().await;
            }
            answer
        })
    }

    /// Moves the clock. An answer is there at once, or comes after some turns, so no call's own time is
    /// ever waited for.
    fn wait(&self, milliseconds: u32) -> Local<'_, ()> {
        if self.turns.get() > 0 {
            return Box::pin(std::future::pending());
        }
        Box::pin(async move { self.clock.advance_ms(i64::from(milliseconds)) })
    }
}

/// Postmark's answer to a mail that it takes.
fn taken() -> Response<Bytes> {
    Response::new(Bytes::from_static(
        br#"{"ErrorCode":0,"Message":"OK","MessageID":"00000000-0000-0000-0000-000000000000"}"#,
    ))
}
