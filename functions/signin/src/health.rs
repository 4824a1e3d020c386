//! Whether the app can work.

use http::StatusCode;
use platform::{Response, Result};
use web::Visit;

/// `GET /healthz`: 200 when the database answers, and no detail either way.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    store::account::ping(v.cx).await?;
    Ok(web::text(StatusCode::OK, "text/plain; charset=utf-8", "ok\n".to_owned()))
}
