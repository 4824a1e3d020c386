//! The job runner's bell: a message to the queue whose consumer is this same Worker.

use platform::Wake;
use std::rc::Rc;
use worker::{Context, Env, ScheduleContext, console_warn};

/// What keeps an event alive until work that its answer does not wait for is done.
#[derive(Clone)]
pub enum Later {
    /// Of a request or a queue's batch.
    Event(Rc<Context>),
    /// Of a cron trigger.
    Schedule(ScheduleContext),
}

impl Later {
    fn wait_until(&self, work: impl Future<Output = ()> + 'static) {
        match self {
            Self::Event(context) => context.wait_until(work),
            Self::Schedule(context) => context.wait_until(work),
        }
    }
}

/// The queue behind the binding `JOBS`. Without it, the cron trigger of every minute runs the jobs.
pub struct Bell {
    /// The bindings.
    pub env: Rc<Env>,
    /// The event that wakes.
    pub later: Later,
}

impl Wake for Bell {
    fn wake(&self) {
        ring(&self.env, &self.later);
    }
}

/// Sends the message without making anyone wait for it.
pub fn ring(env: &Env, later: &Later) {
    let Ok(queue) = env.queue("JOBS") else { return };
    later.wait_until(async move {
        if let Err(error) = queue.send("due").await {
            console_warn!("the queue JOBS takes no message: {error}");
        }
    });
}
