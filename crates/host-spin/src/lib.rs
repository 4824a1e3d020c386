//! The ports on Spin (SQLite, key-value store, outgoing HTTP, an S3-compatible store) and the entry
//! of every component.
//!
//! A function becomes a component with one line: `host_spin::component!(FUNCTION);`. Spin routes by
//! path alone while Pipit's routes depend on the host name too, so a component hands a request that
//! is not its own to the one that [`FORWARDS`] names.

mod blobs;
mod body;
mod clock;
mod db;
mod encoding;
mod entry;
mod forward;
mod head;
mod http;
mod jobs;
mod kv;
mod settings;
mod sigv4;

pub use entry::serve;
pub use forward::{FORWARDS, Forward, Paths};
pub use jobs::RUNNERS;
pub use spin_sdk::wasip3;

/// Makes a function a Spin component: exports `wasi:http/handler` (WASI 0.3) and enters [`serve`].
#[macro_export]
macro_rules! component {
    ($function:expr) => {
        struct Component;
        $crate::wasip3::http::service::export!(Component);

        impl $crate::wasip3::exports::http::handler::Guest for Component {
            async fn handle(
                request: $crate::wasip3::http::types::Request,
            ) -> ::core::result::Result<
                $crate::wasip3::http::types::Response,
                $crate::wasip3::http::types::ErrorCode,
            > {
                static OWN: &::web::Function = &$function;
                $crate::serve(OWN, request).await
            }
        }
    };
}
