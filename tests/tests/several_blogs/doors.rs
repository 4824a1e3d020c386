//! Which blog apps write on: by Micropub, XML-RPC, the JSON API and the address that they sign in with.

use crate::{
    Further,
    app::{App, file, json, refused},
    choose, has,
};
use serde_json::json;
use tests::{Ask, Browser};

#[test]
fn micropub_writes_where_the_destination_says() {
    let app = App::new();
    let other = Further::of(&app.pipit, &app.person, "birds");
    let first = format!("{}/", app.pipit.blog_url(&app.person));
    let config = app.query("q=config");
    let uid = |at: usize| config["destination"][at]["uid"].as_str().unwrap_or_default().to_owned();
    assert_eq!([uid(0), uid(1)], [first.clone(), format!("{}/", other.url)]);
    assert_eq!(config["destination"][0]["microblog-default"], true);
    assert!(config["destination"][1]["microblog-default"].is_null());
    let here = |fields: &[(&str, &str)]| {
        app.created(app.form(&[fields, &[("mp-destination", &uid(1))]].concat()))
    };
    let url = here(&[("content", "Kingfisher"), ("category", "Tea")]);
    assert!(url.starts_with(&other.url), "{url}");
    // The same words on the other blog are another post.
    let same = app.created(app.form(&[("content", "Kingfisher"), ("category", "Tea")]));
    assert!(same.starts_with(&first), "{same}");
    let listed = |query: &str| app.query(query)["items"].as_array().cloned().unwrap_or_default();
    let urls = |query: &str| -> Vec<String> {
        let items = listed(query).into_iter();
        items.filter_map(|item| item["properties"]["url"][0].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(urls("q=source"), [same.clone()]);
    assert_eq!(urls(&format!("q=source&mp-destination={}", other.url)), [url.clone()]);
    assert_eq!(app.source(&url)["properties"]["content"][0], "Kingfisher");
    // A post's address says on which blog it stands.
    app.done(
        app.json(&json!({ "action": "update", "url": url, "replace": { "content": ["Dipper"] } })),
    );
    has(&other.visitor, "/", "Dipper", true);
    app.done(app.json(&json!({ "action": "delete", "url": url })));
    has(&other.visitor, "/", "Dipper", false);
    app.done(app.json(&json!({ "action": "undelete", "url": url })));
    has(&other.visitor, "/", "Dipper", true);
    has(&app.pipit.blog(&app.person), "/", "Kingfisher", true);
    let ben = app.other();
    for destination in
        [&other.url, "https://other.example/", "nonsense", &format!("{}/feed.xml", other.url)]
    {
        refused(
            ben.form(&[("content", "x"), ("mp-destination", destination)]),
            400,
            "invalid_request",
        );
        let query = format!("/micropub?q=source&mp-destination={destination}");
        refused(ben.ask(Ask::get(&query)), 400, "invalid_request");
    }
    ben.json(&json!({ "action": "delete", "url": url })).expect(404);
    ben.json(&json!({ "action": "update", "url": url, "replace": { "content": ["x"] } }))
        .expect(404);
}

#[test]
fn files_lie_in_the_library_of_a_blog_and_serve_all_of_them() {
    let app = App::new();
    let (pipit, ann) = (&app.pipit, &app.person);
    let other = Further::of(pipit, ann, "birds");
    let send = |fields: &[(&str, &str)]| {
        let answer = app.upload("/micropub/media", fields, &[file("file")]);
        app.created(answer)
    };
    let (mine, theirs) = (send(&[]), send(&[("mp-destination", &other.url)]));
    let listed = |query: &str| {
        let answer = app.ask(Ask::get(&format!("/micropub/media?q=source{query}"))).expect(200);
        answer.text()
    };
    assert!(listed("").contains(&mine) && !listed("").contains(&theirs));
    let there = format!("&mp-destination={}", other.url);
    assert!(listed(&there).contains(&theirs) && !listed(&there).contains(&mine));
    // Sent ahead to one, shown on the other: then it stays.
    let fields =
        [("content", "Kingfisher"), ("photo", mine.as_str()), ("mp-destination", &other.url)];
    app.created(app.form(&fields));
    has(&other.visitor, "/", &mine, true);
    has(&other.visitor, "/feed.xml", "length=\"0\"", false);
    pipit.run_jobs();
    let drop =
        |url: &str| app.ask(Ask::form("/micropub/media", &[("action", "delete"), ("url", url)]));
    refused(drop(&mine), 400, "invalid_request");
    drop(&theirs).expect(204);
    let ben = app.other();
    let fields = [("content", "x"), ("photo", mine.as_str())];
    refused(ben.form(&fields), 400, "invalid_request");
    ben.ask(Ask::form("/micropub/media", &[("action", "delete"), ("url", &mine)])).expect(404);
}

/// A call of XML-RPC and what came back, as text.
fn call(browser: &Browser, path: &str, method: &str, params: &[&str]) -> String {
    let params: String =
        params.iter().map(|param| format!("<param><value>{param}</value></param>")).collect();
    let xml = format!(
        "<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
    );
    browser.send(Ask::body(path, "text/xml", xml)).expect(200).text()
}

/// The text of the first member of this name.
fn member(xml: &str, name: &str, at: usize) -> String {
    let (_, rest) = xml
        .match_indices(&format!("<name>{name}</name>"))
        .nth(at)
        .map_or(("", ""), |(at, _)| xml.split_at(at));
    let value = rest.split("<value>").nth(1).unwrap_or_default();
    value
        .split("</value>")
        .next()
        .unwrap_or_default()
        .replace("<string>", "")
        .replace("</string>", "")
}

#[test]
fn xml_rpc_writes_where_the_blogid_says() {
    let app = App::new();
    let (pipit, ann) = (&app.pipit, &app.person);
    let other = Further::of(pipit, ann, "birds");
    let login = [ann.username.as_str(), app.token.as_str()];
    let here = pipit.browser();
    let blogs = call(&here, "/xmlrpc", "wp.getUsersBlogs", &login);
    assert_eq!(
        blogs,
        call(&here, "/xmlrpc", "blogger.getUsersBlogs", &["0123ABC", login[0], login[1]])
    );
    assert_eq!(member(&blogs, "url", 0), format!("{}/", pipit.blog_url(ann)));
    assert_eq!(member(&blogs, "url", 1), format!("{}/", other.url));
    assert_eq!(member(&blogs, "blogName", 1), "The other one");
    let (first_id, other_id) = (member(&blogs, "blogid", 0), member(&blogs, "blogid", 1));
    let post = |text: &str| {
        format!("<struct><member><name>description</name><value>{text}</value></member></struct>")
    };
    let write = |id: &str, text: &str| {
        call(
            &here,
            "/xmlrpc",
            "metaWeblog.newPost",
            &[id, login[0], login[1], &post(text), "<boolean>1</boolean>"],
        )
    };
    for (id, text) in [("1", "Heron"), (&first_id, "Wagtail"), (&other_id, "Kingfisher")] {
        assert!(!write(id, text).contains("<fault>"));
    }
    let first = pipit.blog(ann);
    for (text, is_first) in [("Heron", true), ("Wagtail", true), ("Kingfisher", false)] {
        has(&first, "/", text, is_first);
        has(&other.visitor, "/", text, !is_first);
    }
    // The host that is called counts where no id says otherwise; a post is found where it stands.
    let recent = |browser: &Browser, path: &str, id: &str| {
        call(browser, path, "microblog.getPosts", &[id, login[0], login[1], "<int>9</int>"])
    };
    let listed = recent(&other.visitor, "/xmlrpc.php", "1");
    assert!(listed.contains("Kingfisher") && !listed.contains("Heron"), "{listed}");
    assert!(recent(&other.visitor, "/xmlrpc.php", &first_id).contains("Heron"));
    assert_eq!(recent(&here, "/xmlrpc", &other_id), listed);
    let post_id = member(&listed, "id", 0);
    let edit = [post_id.as_str(), login[0], login[1], &post("Dipper"), "<boolean>1</boolean>"];
    assert!(!call(&here, "/xmlrpc", "metaWeblog.editPost", &edit).contains("<fault>"));
    has(&other.visitor, "/", "Dipper", true);
    // Nobody else's.
    let ben = app.other();
    let bens = Further::of(pipit, &ben.person, "bens");
    let login = [ben.person.username.as_str(), ben.token.as_str()];
    let refused = |browser: &Browser, path: &str, method: &str, id: &str| {
        let answer = call(browser, path, method, &[id, login[0], login[1], &post("Intruder")]);
        assert!(answer.contains("<fault>"), "{method}: {answer}");
    };
    refused(&here, "/xmlrpc", "metaWeblog.newPost", &other_id);
    refused(&other.visitor, "/xmlrpc.php", "metaWeblog.newPost", "1");
    refused(&here, "/xmlrpc", "metaWeblog.editPost", &post_id);
    refused(&bens.visitor, "/xmlrpc.php", "metaWeblog.editPost", &post_id);
}

#[test]
fn a_token_writes_where_its_person_wrote_when_it_was_made() {
    let app = App::new();
    let other = Further::of(&app.pipit, &app.person, "birds");
    choose(&app.person, &other.name);
    let token = app.scoped(&["create", "update", "delete", "read"]);
    has(&app.person, "/settings/tokens", &format!("on the blog {},", other.name), true);
    choose(&app.person, &app.person.username);
    let body = json!({ "content": "Kingfisher" }).to_string();
    let made =
        app.ask_as(&token, Ask::body("/posts", "application/json", body.clone())).expect(201);
    assert!(made.header("location").starts_with(&other.url), "{made:?}");
    let made = json(&made);
    assert!(made["url"].as_str().is_some_and(|url| url.starts_with(&other.url)), "{made}");
    assert_eq!(made["author"]["_microblog"]["username"], app.person.username);
    // By its id a post is found with a token of the other blog too.
    let path = format!("/posts/{}", made["id"].as_str().expect("an id"));
    let change = json!({ "content": "Dipper" }).to_string();
    app.ask(Ask::body(&path, "application/json", change)).expect(200);
    has(&other.visitor, "/", "Dipper", true);
    let said = app.pipit.browser().post("/account/verify", &[("token", &token)]).expect(200);
    let said = json(&said);
    assert_eq!(format!("http://{}", said["default_site"].as_str().unwrap_or_default()), other.url);
    let listed = app.pipit.browser().get(&format!("/posts/{}", other.name)).expect(200);
    listed.expect_text("Dipper");
    let first = app.pipit.browser().get(&format!("/posts/{}", app.person.username)).expect(200);
    assert!(!first.text().contains("Dipper"));
    let ben = app.other();
    ben.ask(Ask::body(&path, "application/json", body)).expect(404);
    ben.ask(Ask::get(&path).method(http::Method::DELETE)).expect(404);
}

#[test]
fn an_app_learns_the_blog_that_its_person_typed() {
    let app = App::new();
    let (pipit, ann) = (&app.pipit, &app.person);
    let other = Further::of(pipit, ann, "birds");
    let ask = |me: &str| {
        let client = "https://app.example/";
        let page = format!(
            "/indieauth/auth?response_type=code&client_id={client}&redirect_uri={client}&state=x&scope=create&me={me}"
        );
        ann.get(&page).expect(200)
    };
    for (typed, me) in [
        (other.url.as_str(), format!("{}/", other.url)),
        ("", format!("{}/", pipit.blog_url(ann))),
        ("https://other.example/", format!("{}/", pipit.blog_url(ann))),
    ] {
        ask(typed).expect_text(&format!("you are <b class=\"address\">{me}</b>"));
    }
    let client = "https://app.example/";
    let fields = [
        ("client_id", client),
        ("redirect_uri", client),
        ("state", "x"),
        ("scope", "create"),
        ("me", other.url.as_str()),
        ("decision", "allow"),
    ];
    let back = ann.post("/indieauth/consent", &fields).expect(303).header("location").to_owned();
    let code =
        back.split("code=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", client),
        ("redirect_uri", client),
    ];
    let said = json(&app.send(Ask::form("/indieauth/token", &fields)).expect(200));
    assert_eq!(said["me"], format!("{}/", other.url));
    let token = said["access_token"].as_str().expect("a token");
    let made = app.ask_as(token, Ask::form("/micropub", &[("content", "Kingfisher")]));
    assert!(app.created(made).starts_with(&other.url));
}

#[test]
fn whoever_is_muted_by_the_name_of_one_blog_is_muted_with_all_of_them() {
    let app = App::new();
    let (pipit, ann) = (&app.pipit, &app.person);
    let other = Further::of(pipit, ann, "birds");
    let ben = app.other();
    let heron = pipit.name("heron");
    ann.post("/posts", &[("text", &heron)]).expect(303);
    ben.person.post("/follows", &[("username", &ann.username)]).expect(303);
    has(&ben.person, "/", &heron, true);
    let token = ben.scoped(&["follow"]);
    let mute = |name: &str| ben.ask_as(&token, Ask::form("/users/mute", &[("username", name)]));
    assert_eq!(json(&mute(&other.name).expect(200))["username"], ann.username);
    has(&ben.person, "/", &heron, false);
    mute(&ben.person.username).expect(400);
}
