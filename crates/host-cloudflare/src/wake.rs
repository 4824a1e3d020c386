//! The job runner's bell: a message to the queue whose consumer is this same Worker.

use platform::Wake;
use std::rc::Rc;
use web::Lane;
use worker::{Context, Env, ScheduleContext, console_warn};

/// The message that means [`Lane::Strangers`]; any other means [`Lane::Own`].
pub const STRANGERS: &str = "strangers";

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

/// What wakes the runner of [`Lane::Own`]. Without it, the cron trigger of every minute runs the jobs.
pub struct Bell {
    /// The bindings.
    pub env: Rc<Env>,
    /// The event that wakes.
    pub later: Later,
}

impl Wake for Bell {
    fn wake(&self) {
        ring(&self.env, &self.later, Lane::Own);
    }
}

/// Sends the message of a lane to its queue, without making anyone wait for it.
pub fn ring(env: &Env, later: &Later, lane: Lane) {
    let (queue, message) = match lane {
        Lane::Own => (env.queue("JOBS"), "own"),
        Lane::Strangers => (env.queue("FETCHES"), STRANGERS),
    };
    let Ok(queue) = queue else { return };
    later.wait_until(async move {
        if let Err(error) = queue.send(message).await {
            console_warn!("the queue for {message} jobs takes no message: {error}");
        }
    });
}
