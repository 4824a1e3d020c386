//! What DNS says of a host name, asked over HTTPS in the JSON format that public resolvers share.

use domain::own_domain;
use http::{Method, StatusCode, header};
use platform::{Call, Context, Error, Result};
use serde_json::Value;
use store::own_domain::OwnDomain;

const A: u64 = 1;
const CNAME: u64 = 5;
const TXT: u64 = 16;
const AAAA: u64 = 28;
const BODY_BYTES_MAX: usize = 64 << 10;
/// What did not fit into one answer is no answer to us.
const ANSWERS_MAX: usize = 100;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `found`, `other` or `none`.
    pub proof: &'static str,
    /// `here`, `elsewhere` or `nowhere`.
    pub pointing: &'static str,
    /// Where it leads instead of here.
    pub leads_to: Option<String>,
}

/// Looks for the record that proves a name, and where the name leads.
///
/// # Errors
/// [`Error::Outgoing`] when the resolver does not answer.
pub async fn look(cx: &Context, due: &OwnDomain) -> Result<Seen> {
    let texts = texts(&ask(cx, &own_domain::record(&due.host), "TXT").await?);
    let proof = match texts.as_slice() {
        [] => "none",
        texts if texts.contains(&due.token) => "found",
        _ => "other",
    };
    let target = cx.config.blog_host(&due.username);
    let mut leads_to = None;
    for (kind, number) in [("A", A), ("AAAA", AAAA)] {
        let answer = ask(cx, &due.host, kind).await?;
        let aliases = of_type(&answer, CNAME);
        if aliases.iter().any(|alias| bare(alias) == target) {
            return Ok(Seen { proof, pointing: "here", leads_to: None });
        }
        let addresses = of_type(&answer, number);
        if !addresses.is_empty() && is_ours(cx, &addresses, &target, kind, number).await? {
            return Ok(Seen { proof, pointing: "here", leads_to: None });
        }
        let found = aliases.first().or(addresses.first()).map(|name| bare(name));
        leads_to = leads_to.or(found);
    }
    let pointing = if leads_to.is_some() { "elsewhere" } else { "nowhere" };
    Ok(Seen { proof, pointing, leads_to })
}

/// Whether one of the addresses is one that the operator names, or that our own name has.
async fn is_ours(
    cx: &Context,
    addresses: &[String],
    target: &str,
    kind: &str,
    number: u64,
) -> Result<bool> {
    if addresses.iter().any(|address| cx.config.domain_addresses.contains(address)) {
        return Ok(true);
    }
    let ours = of_type(&ask(cx, target, kind).await?, number);
    Ok(addresses.iter().any(|address| ours.contains(address)))
}

async fn ask(cx: &Context, name: &str, kind: &str) -> Result<Value> {
    let mut url = cx.config.dns_api.clone();
    url.query_pairs_mut().append_pair("name", name).append_pair("type", kind);
    let mut call = Call::new(Method::GET, url).header(header::ACCEPT, "application/dns-json")?;
    call.body_bytes_max = BODY_BYTES_MAX;
    let answer = match cx.http.send(call).await {
        Ok((_, answer)) if answer.status() == StatusCode::OK => answer.into_body(),
        Ok(_) | Err(Error::Outgoing(_) | Error::TooLarge) => return Err(silent()),
        Err(error) => return Err(error),
    };
    let document: Option<Value> = serde_json::from_slice(&answer).ok();
    document.filter(is_answer).ok_or_else(silent)
}

fn silent() -> Error {
    Error::Outgoing("DNS did not answer. We ask again in some minutes.".into())
}

/// RFC 1035, section 4.1.1: that there is no such name is an answer, and so is that its servers fail.
fn is_answer(document: &Value) -> bool {
    matches!(document.get("Status").and_then(Value::as_u64), Some(0 | 2 | 3))
}

/// The data of the answers of a type.
fn of_type(document: &Value, number: u64) -> Vec<String> {
    let answers =
        document.get("Answer").and_then(Value::as_array).into_iter().flatten().take(ANSWERS_MAX);
    let is_meant = |answer: &&Value| answer.get("type").and_then(Value::as_u64) == Some(number);
    let data = |answer: &Value| answer.get("data")?.as_str().map(str::to_owned);
    answers.filter(is_meant).filter_map(data).collect()
}

/// The texts of TXT records; a long one comes in parts, each in quotation marks, or bare.
fn texts(document: &Value) -> Vec<String> {
    let text = |data: &String| match data.contains('"') {
        true => data.split('"').skip(1).step_by(2).collect::<String>(),
        false => data.clone(),
    };
    of_type(document, TXT).iter().map(|data| text(data).trim().to_owned()).collect()
}

fn bare(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_come_in_quotes_in_parts_or_bare() {
        let document = json!({ "Status": 0, "Answer": [
            { "name": "a", "type": 16, "TTL": 1, "data": "\"one\"" },
            { "name": "a", "type": 16, "TTL": 1, "data": "\"two \" \"halves\"" },
            { "name": "a", "type": 16, "TTL": 1, "data": "bare" },
            { "name": "a", "type": 5, "TTL": 1, "data": "\"not a text\"" },
            { "name": "a", "type": 16 },
            "odd",
        ] });
        assert_eq!(texts(&document), ["one", "two halves", "bare"]);
        assert!(texts(&json!({ "Status": 3 })).is_empty());
        assert!(texts(&json!({ "Answer": "odd" })).is_empty());
    }
}
