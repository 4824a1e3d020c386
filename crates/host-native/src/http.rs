//! Outgoing HTTP that goes nowhere: calls are noted, and answered as the test said.

use crate::{Clock, Faults};
use bytes::Bytes;
use http::{Method, Response};
use platform::{Call, Error, Http, Local, Result};
use std::{cell::RefCell, rc::Rc};

type Answer = Rc<dyn Fn(&Call) -> Response<Bytes>>;

/// The port behind the gate. Mails are taken as Postmark takes them, so that sign-in works; nothing
/// else answers unless a test says so.
pub struct FakeHttp {
    calls: RefCell<Vec<Call>>,
    times: RefCell<Vec<i64>>,
    clock: Rc<Clock>,
    answers: RefCell<Vec<(String, Answer)>>,
    faults: Rc<Faults>,
}

impl FakeHttp {
    pub(crate) fn new(clock: Rc<Clock>, faults: Rc<Faults>) -> Self {
        let (calls, times, answers) = Default::default();
        Self { calls, times, clock, answers, faults }
    }

    /// Answers every call whose address begins with `prefix`; what was said last counts.
    pub fn answer(&self, prefix: &str, answer: impl Fn(&Call) -> Response<Bytes> + 'static) {
        self.answers.borrow_mut().push((prefix.to_owned(), Rc::new(answer)));
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
        Box::pin(async move { answer })
    }

    /// Moves the clock. An answer is there at once, so no call's own time is ever waited for.
    fn wait(&self, milliseconds: u32) -> Local<'_, ()> {
        Box::pin(async move { self.clock.advance_ms(i64::from(milliseconds)) })
    }
}

/// Postmark's answer to a mail that it takes.
fn taken() -> Response<Bytes> {
    Response::new(Bytes::from_static(
        br#"{"ErrorCode":0,"Message":"OK","MessageID":"00000000-0000-0000-0000-000000000000"}"#,
    ))
}
