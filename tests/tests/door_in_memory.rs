//! The front door itself, with a function made for it: what no handler can forget or undo.

use futures_executor::block_on;
use host_native::{When, take_log};
use http::{HeaderValue, Method, StatusCode, header};
use platform::{Body, Error, Policy, Request, Response, Result, Site};
use tests::Pipit;
use web::{Function, Limit, Per, Route, Visit, Who};

const TWO: Policy = Policy { name: "door", count: 2, window_seconds: 60 };
const LIMITS: &[Limit] = &[Limit { per: Per::Address, policy: TWO }];

static DOOR: Function = Function {
    name: "door",
    routes: &[
        Route::get("/cookie", Who::Anyone, |v| Box::pin(cookie(v))),
        Route::get("/cookie", Who::Anyone, |v| Box::pin(cookie(v))).on(Site::Blog),
        Route::get("/cookie", Who::Anyone, |v| Box::pin(cookie(v))).on(Site::Media),
        Route::post("/echo", Who::Anyone, |v| Box::pin(echo(v))).body(10),
        Route::get("/broken", Who::Anyone, |v| Box::pin(broken(v))),
        Route::get("/limited", Who::Anyone, |v| Box::pin(cookie(v))).limits(LIMITS),
        Route::get("/guarded", Who::Anyone, |v| Box::pin(cookie(v)))
            .limits(LIMITS)
            .guards_a_secret(),
        Route::get("/mine", Who::Session, |v| Box::pin(cookie(v))),
    ],
    jobs: &[],
    lane: web::Lane::Own,
};

async fn cookie(_: Visit<'_>) -> Result<Response> {
    let mut response = web::html(StatusCode::OK, "<p>Hello</p>".to_owned());
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_static("a=b"));
    Ok(response)
}

async fn echo(mut v: Visit<'_>) -> Result<Response> {
    Ok(web::text(
        StatusCode::OK,
        "text/plain",
        String::from_utf8_lossy(&v.bytes().await?).into_owned(),
    ))
}

async fn broken(_: Visit<'_>) -> Result<Response> {
    Err(Error::Internal("a detail for the log alone".to_owned()))
}

fn ask(pipit: &Pipit, method: Method, host: &str, path: &str, body: Body) -> Response {
    let request = http::Request::builder().method(method).uri(path).header(header::HOST, host);
    send(pipit, request.body(body).expect("a request"))
}

fn send(pipit: &Pipit, request: Request) -> Response {
    let cx = pipit.memory().expect("it is in memory").context();
    block_on(web::answer(&cx, &[&DOOR], request))
}

fn get(pipit: &Pipit, path: &str) -> Response {
    ask(pipit, Method::GET, &pipit.app_host(), path, Body::Empty)
}

fn text(response: Response) -> String {
    let bytes = block_on(response.into_body().read(1 << 20)).expect("a body");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_cookie_leaves_by_the_apps_door_alone() {
    let pipit = Pipit::in_memory();
    for (host, is_kept) in [
        (pipit.app_host(), true),
        (pipit.media_host(), false),
        ("ann.blogs.localhost:8787".to_owned(), false),
        ("www.example.com".to_owned(), false),
    ] {
        let response = ask(&pipit, Method::GET, &host, "/cookie", Body::Empty);
        assert_eq!(response.status(), 200, "{host}");
        assert_eq!(response.headers().contains_key(header::SET_COOKIE), is_kept, "{host}");
    }
}

#[test]
fn a_body_is_measured_and_not_believed() {
    let pipit = Pipit::in_memory();
    let host = pipit.app_host();
    let post = |body: Body| ask(&pipit, Method::POST, &host, "/echo", body);
    assert_eq!(text(post("ten bytes!".into())), "ten bytes!");
    assert_eq!(post("eleven byte".into()).status(), 413);
    let chunks = ["ten ", "byt", "es!", "!"].map(|chunk| Ok(chunk.into()));
    let stream = Body::Stream(Box::pin(futures_util::stream::iter(chunks)));
    assert_eq!(post(stream).status(), 413);
    let lying = http::Request::post("/echo").header(header::HOST, &host);
    let lying = lying.header(header::CONTENT_LENGTH, "3").body("eleven byte".into());
    assert_eq!(send(&pipit, lying.expect("a request")).status(), 413);
    let large = http::Request::post("/echo").header(header::HOST, &host);
    let large = large.header(header::CONTENT_LENGTH, "11").body(Body::Empty);
    assert_eq!(send(&pipit, large.expect("a request")).status(), 413);
}

#[test]
fn what_went_wrong_inside_is_logged_and_not_shown() {
    let pipit = Pipit::in_memory();
    take_log();
    let response = get(&pipit, "/broken");
    assert_eq!(response.status(), 500);
    assert!(!text(response).contains("the log alone"));
    assert!(take_log().iter().any(|line| line.contains("a detail for the log alone")));
}

#[test]
fn errors_are_pages_for_people_and_documents_for_programs() {
    let pipit = Pipit::in_memory();
    let ask = |accept: &str| {
        let request = http::Request::get("/broken").header(header::HOST, pipit.app_host());
        send(&pipit, request.header(header::ACCEPT, accept).body(Body::Empty).expect("a request"))
    };
    let kind = |response: &Response| {
        response.headers()[header::CONTENT_TYPE].to_str().expect("text").to_owned()
    };
    assert!(kind(&ask("text/html")).starts_with("text/html"));
    assert_eq!(kind(&ask("application/json")), "application/problem+json");
    assert!(text(ask("application/json")).contains("\"status\":500"));
}

#[test]
fn a_head_is_the_get_without_its_content() {
    let pipit = Pipit::in_memory();
    let host = pipit.app_host();
    let head = ask(&pipit, Method::HEAD, &host, "/cookie", Body::Empty);
    assert_eq!(head.headers()[header::CONTENT_LENGTH], "12");
    assert_eq!(text(head), "");
}

#[test]
fn another_method_is_told_which_ones_there_are() {
    let pipit = Pipit::in_memory();
    let host = pipit.app_host();
    for (method, path, allow) in [
        (Method::PUT, "/echo", "POST"),
        (Method::POST, "/cookie", "GET, HEAD"),
        (Method::OPTIONS, "/cookie", "GET, HEAD"),
    ] {
        let response = ask(&pipit, method, &host, path, Body::Empty);
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()[header::ALLOW], allow);
    }
}

#[test]
fn a_request_without_a_host_is_for_nobody() {
    let pipit = Pipit::in_memory();
    let request = http::Request::get("/cookie").body(Body::Empty).expect("a request");
    let response = send(&pipit, request);
    assert_eq!(response.status(), 421);
}

#[test]
fn a_strange_session_cookie_is_no_session() {
    let pipit = Pipit::in_memory();
    for value in
        ["", "x", "__Host-pipit_session", "' or 1=1 --", &"a".repeat(43), &"a".repeat(10_000)]
    {
        let request = http::Request::get("/mine").header(header::HOST, pipit.app_host());
        let request = request.header(header::COOKIE, format!("__Host-pipit_session={value}"));
        let response = send(&pipit, request.body(Body::Empty).expect("a request"));
        assert_eq!(response.status(), 401, "{value}");
    }
}

#[test]
fn limits_that_do_not_answer_close_what_guards_a_secret_and_nothing_else() {
    let pipit = Pipit::in_memory();
    let faults = &pipit.memory().expect("it is in memory").native.faults;
    assert_eq!(get(&pipit, "/limited").status(), 200);
    assert_eq!(get(&pipit, "/limited").status(), 200);
    assert_eq!(get(&pipit, "/limited").status(), 429);
    faults.fail_always("limits", When::Before);
    assert_eq!(get(&pipit, "/limited").status(), 200);
    assert_eq!(get(&pipit, "/guarded").status(), 503);
}
