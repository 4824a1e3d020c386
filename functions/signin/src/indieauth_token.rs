//! IndieAuth, the side of the apps: what is where, a code for a token, and what a token is worth.

use crate::{
    TOKEN,
    indieauth::{self, issuer, me},
};
use domain::{indieauth as rules, scope, secret};
use http::{HeaderValue, StatusCode, header};
use platform::{Response, Result};
use serde_json::{Value, json};
use store::{
    consent::{self, Claim, Granted},
    token,
};
use web::{Form, Per, Visit};

/// `GET /.well-known/oauth-authorization-server` (RFC 8414)
pub async fn metadata(v: Visit<'_>) -> Result<Response> {
    let url = |path: &str| v.cx.config.app_url(path);
    let scopes: Vec<&str> = scope::offered().iter().map(|scope| scope.name).collect();
    let document = json!({
        "issuer": issuer(&v),
        "authorization_endpoint": url(indieauth::PATH),
        "token_endpoint": url("/indieauth/token"),
        "introspection_endpoint": url("/indieauth/introspect"),
        "introspection_endpoint_auth_methods_supported": ["Bearer"],
        "revocation_endpoint": url("/indieauth/revoke"),
        "revocation_endpoint_auth_methods_supported": ["none"],
        "token_endpoint_auth_methods_supported": ["none"],
        "micropub": url("/micropub"),
        "userinfo_endpoint": url("/indieauth/userinfo"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "service_documentation": url("/developers"),
    });
    let mut response = web::json(StatusCode::OK, &document);
    let hour = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, hour);
    Ok(response)
}

/// `POST /indieauth/auth`: a code for who it is, and no token (section 5.3.2).
pub async fn identify(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    match claim(&v, &form, None).await? {
        Ok(granted) => Ok(web::json(StatusCode::OK, &identity(&v, &granted))),
        Err(refusal) => Ok(refusal),
    }
}

/// `POST /indieauth/token` (section 5.3.3). Older apps leave out everything but code and client_id, and
/// revoke here with `action=revoke`.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    if form.get("action") == "revoke" {
        return end(&v, &form).await;
    }
    let token = secret::token(&v.cx.random::<32>()?);
    let hash = secret::sha256_hex(token.as_bytes());
    let granted = match claim(&v, &form, Some(hash)).await? {
        Ok(granted) => granted,
        Err(refusal) => return Ok(refusal),
    };
    let mut answer = identity(&v, &granted);
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("access_token".to_owned(), token.into());
        answer.insert("token_type".to_owned(), "Bearer".into());
        answer.insert("scope".to_owned(), granted.scopes.into());
    }
    Ok(web::json(StatusCode::OK, &answer))
}

/// What a code is good for, or why not (RFC 6749, section 5.2).
async fn claim(
    v: &Visit<'_>,
    form: &Form,
    token_hash: Option<String>,
) -> Result<std::result::Result<Granted, Response>> {
    if !matches!(form.get("grant_type"), "authorization_code" | "") {
        return Ok(Err(refusal("unsupported_grant_type", "The grant_type is authorization_code.")));
    }
    let client = rules::client_id(form.get("client_id"));
    let (Some(client), false) = (client, form.get("code").is_empty()) else {
        return Ok(Err(refusal("invalid_request", "Send code and client_id.")));
    };
    // As addresses are compared: written the same way.
    let redirect_uri = match form.get("redirect_uri") {
        "" => None,
        text => Some(url::Url::parse(text).map_or_else(|_| text.to_owned(), Into::into)),
    };
    let challenge = match form.get("code_verifier") {
        "" => None,
        verifier => match rules::challenge(verifier) {
            Some(challenge) => Some(challenge),
            None => return Ok(Err(refusal("invalid_request", "That is no code_verifier."))),
        },
    };
    let code_hash = secret::sha256_hex(form.get("code").as_bytes());
    if let Some(account_id) = consent::find_account(v.cx, &code_hash).await? {
        for limit in TOKEN.iter().filter(|limit| limit.per == Per::Account) {
            v.take(limit, &account_id).await?;
        }
    }
    let claim = Claim {
        code_hash: &code_hash,
        client_id: client.as_str(),
        redirect_uri,
        challenge,
        token_id: &v.cx.id()?,
        token_hash,
    };
    let granted = consent::spend(v.cx, &claim).await?;
    Ok(granted.ok_or_else(|| {
        refusal(
            "invalid_grant",
            "The code is too old, was used, or is not for this: client_id, redirect_uri, code_verifier and a scope must fit.",
        )
    }))
}

fn refusal(error: &str, words: &str) -> Response {
    web::json(StatusCode::BAD_REQUEST, &json!({ "error": error, "error_description": words }))
}

/// Who it is, with the profile where that was allowed. The mail address never is.
fn identity(v: &Visit<'_>, granted: &Granted) -> Value {
    let mut answer = json!({ "me": me(v, &granted.blog_name, granted.domain.as_deref()) });
    if scope::allows(&granted.scopes, "profile")
        && let Some(answer) = answer.as_object_mut()
    {
        answer.insert(
            "profile".to_owned(),
            profile(
                v,
                &granted.username,
                &granted.name,
                &me(v, &granted.blog_name, granted.domain.as_deref()),
            ),
        );
    }
    answer
}

fn profile(v: &Visit<'_>, username: &str, name: &str, url: &str) -> Value {
    json!({
        "name": name,
        "url": url,
        "photo": v.cx.config.app_url(&format!("/avatars/{username}")),
    })
}

/// `GET /indieauth/token`: what the bearer's token is worth, as it was asked before introspection.
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let grant = v.grant()?;
    let answer = json!({
        "me": me(&v, &grant.blog_name, grant.domain.as_deref()),
        "client_id": grant.client_id,
        "scope": grant.scopes,
    });
    Ok(web::json(StatusCode::OK, &answer))
}

/// `POST /indieauth/introspect` (section 6.1, RFC 7662). Asked with a token of the same person; of anybody
/// else's token nothing is said.
pub async fn introspect(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let hash = secret::sha256_hex(form.get("token").as_bytes());
    let username = v.grant()?.username.clone();
    let mut answer = json!({ "active": false });
    if let Some(live) = token::find_live(v.cx, Some(&username), &hash).await? {
        answer = json!({
            "active": true,
            "me": me(&v, &live.blog_name, live.domain.as_deref()),
            "client_id": live.client_id,
            "scope": live.scopes,
            "iat": live.created_at,
        });
        if let (Some(at), Some(answer)) = (live.expires_at, answer.as_object_mut()) {
            answer.insert("exp".to_owned(), at.into());
        }
    }
    Ok(web::json(StatusCode::OK, &answer))
}

/// `POST /indieauth/revoke` (section 7, RFC 7009): 200, whether there was such a token or not.
pub async fn delete(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    end(&v, &form).await
}

async fn end(v: &Visit<'_>, form: &Form) -> Result<Response> {
    token::delete_by_hash(v.cx, &secret::sha256_hex(form.get("token").as_bytes())).await?;
    Ok(web::json(StatusCode::OK, &json!({})))
}

/// `GET /indieauth/userinfo` (section 9)
pub async fn userinfo(v: Visit<'_>) -> Result<Response> {
    let grant = v.grant()?;
    Ok(web::json(
        StatusCode::OK,
        &profile(
            &v,
            &grant.username,
            &grant.name,
            &me(&v, &grant.blog_name, grant.domain.as_deref()),
        ),
    ))
}
