//! What nobody gets by XML-RPC: what a token does not allow, what is another person's, what is too much.

use super::{
    ALL,
    client::{Editor, call, read},
};
use domain::datetime;
use serde_json::json;
use tests::{Ask, Pipit};

#[test]
fn a_token_does_here_what_its_scopes_say() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let drafts = Editor::of(&pipit, &ann, &["draft"]);
    let words = json!({ "description": "Words" });
    let id = drafts.call("metaWeblog.newPost", json!("0"), &[words.clone(), json!(false)]);
    assert_eq!(drafts.fault("metaWeblog.newPost", json!("0"), &[words.clone(), json!(true)]), 403);
    assert_eq!(
        drafts.fault("metaWeblog.editPost", id.clone(), &[words.clone(), json!(false)]),
        403
    );
    assert_eq!(drafts.fault("wp.deletePost", json!("0"), &[id.clone()]), 403);
    let updates = Editor::of(&pipit, &ann, &["update"]);
    assert_eq!(
        updates.fault("metaWeblog.editPost", id.clone(), &[words.clone(), json!(true)]),
        403,
        "publishing is more"
    );
    assert_eq!(updates.fault("mt.publishPost", id.clone(), &[]), 403);
    assert_eq!(updates.call("metaWeblog.editPost", id.clone(), &[words.clone()]), true);
    assert_eq!(updates.fault("metaWeblog.newPost", json!("0"), &[words.clone()]), 403);
    assert_eq!(
        updates.fault("wp.uploadFile", json!("0"), &[json!({ "bits": { "base64": "AAAA" } })]),
        403
    );
    let reads = Editor::of(&pipit, &ann, &["read"]);
    assert_eq!(reads.call("metaWeblog.getPost", id.clone(), &[])["description"], "Words");
    for method in ["metaWeblog.editPost", "mt.publishPost", "mt.setPostCategories"] {
        assert_eq!(reads.fault(method, id.clone(), &[]), 403, "{method}");
    }
    assert_eq!(Editor::of(&pipit, &ann, &["profile"]).fault("metaWeblog.getPost", id, &[]), 403);
}

#[test]
fn nobody_writes_on_a_blog_that_is_not_theirs() {
    let pipit = Pipit::start();
    let (ann, bob) = (pipit.sign_up("ann"), pipit.sign_up("bob"));
    let editor = Editor::of(&pipit, &ann, ALL);
    let words = json!({ "description": "Mine" });
    let id = editor.call("metaWeblog.newPost", json!("0"), &[words.clone(), json!(true)]);
    let other = Editor::of(&pipit, &bob, ALL);
    assert_eq!(other.fault("metaWeblog.getPost", id.clone(), &[]), 404);
    assert_eq!(other.fault("metaWeblog.editPost", id.clone(), &[words.clone(), json!(true)]), 404);
    assert_eq!(other.fault("microblog.deletePost", id, &[]), 404);
    let astray =
        Editor { path: "/xmlrpc.php", browser: pipit.blog(&ann), ..Editor::of(&pipit, &bob, ALL) };
    assert_eq!(astray.fault("metaWeblog.newPost", json!("0"), &[words.clone(), json!(true)]), 403);
    let name = Editor { username: bob.username.clone(), ..Editor::of(&pipit, &ann, ALL) };
    assert_eq!(
        name.fault("metaWeblog.newPost", json!("0"), &[words, json!(true)]),
        403,
        "a token is its own person's"
    );
}

#[test]
fn what_is_no_call_is_a_fault_and_nothing_more() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let login = |rest: &str| {
        let login =
            call("metaWeblog.newPost", &[json!("0"), json!(editor.username), json!(editor.token)]);
        login.replace("</params>", &format!("<param>{rest}</param></params>"))
    };
    let bomb = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>";
    let outside = "<!DOCTYPE a [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
    let list = call("system.listMethods", &[]);
    let with = |begin: &str| list.replace("<methodCall>", &format!("{begin}<methodCall>"));
    let deep = format!(
        "{}{}",
        "<value><array><data>".repeat(5000),
        "</data></array></value>".repeat(5000)
    );
    let many = format!("<value><array><data>{}</data></array></value>", "<value/>".repeat(50_000));
    let long = format!("<value>{}</value>", "a".repeat(1 << 20));
    for (body, code) in [
        (String::new(), -32700),
        ("hello".into(), -32600),
        (with(bomb), -32700),
        (with(outside), -32700),
        (login("<value>&b;</value>"), -32700),
        (login("<value><struct>"), -32700),
        (login("<value><int>1</value>"), -32700),
        (login("<value><int>one</int></value>"), -32600),
        (login(&deep), -32600),
        (login(&many), -32600),
        (login(&long), -32600),
        (login(&format!("<value><base64>{}</base64></value>", "A".repeat(2 << 20))), -32600),
        (
            call(
                "system.multicall",
                &[json!([{ "methodName": "wp.getUsersBlogs", "params": [] }])],
            ),
            -32601,
        ),
        (
            call("pingback.ping", &[json!("https://a.example/"), json!("https://b.example/")]),
            -32601,
        ),
        (call("metaWeblog.newPost", &[]), 403),
        (call("metaWeblog.newPost", &[json!("0"), json!(["a"]), json!({ "a": "b" })]), 403),
        (login("<value/>"), 400),
    ] {
        let answer = read(&editor.post(&body));
        let shown: String = body.chars().take(300).collect();
        assert_eq!(answer["faultCode"], code, "{shown}\n{answer}");
    }
    assert_eq!(
        editor.call("metaWeblog.getRecentPosts", json!("0"), &[]),
        json!([]),
        "nothing was written"
    );
    let huge = Ask::body("/xmlrpc", "text/xml", "").with("content-length", "99999999");
    if pipit.memory().is_some() {
        editor.browser.send(huge).expect(413);
    }
    let get = pipit.browser().get("/xmlrpc").expect(405);
    assert_eq!(get.header("allow"), "POST");
}

#[test]
fn lists_are_of_a_hundred_at_most_and_calls_of_three_hundred_in_memory() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    for at in 0..110 {
        let content = json!({ "description": format!("Post {at}"), "dateCreated": { "date": datetime::rfc3339(1_600_000_000 + at * 60) } });
        editor.call("metaWeblog.newPost", json!("0"), &[content, json!(true)]);
    }
    let list = editor.call("metaWeblog.getRecentPosts", json!("0"), &[json!(100_000)]);
    assert_eq!(list.as_array().map(Vec::len), Some(100));
    assert_eq!(list[0]["description"], "Post 109");
    let elsewhere = |_| Editor {
        browser: pipit.browser(),
        path: editor.path,
        username: editor.username.clone(),
        token: editor.token.clone(),
    };
    let codes: Vec<i64> = (0..250)
        .map(elsewhere)
        .map(|editor| {
            editor.try_call("wp.getProfile", json!("0"), &[])["faultCode"].as_i64().unwrap_or(0)
        })
        .collect();
    assert!(codes.contains(&429), "an account has a limit wherever it comes from");
    assert!(codes.iter().all(|code| [0, 429].contains(code)));
}
