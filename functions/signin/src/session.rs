//! Signing out.

use platform::{Response, Result};
use web::{Visit, cookies};

/// `POST /signout`: ends the session at once, everywhere. Without one it is fine too.
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    if let Some(session) = &v.session {
        store::session::delete(v.cx, &session.id).await?;
    }
    let mut response = web::see_other("/")?;
    cookies::clear(&mut response, cookies::SESSION)?;
    Ok(response)
}
