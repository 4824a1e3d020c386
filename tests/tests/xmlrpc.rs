//! XML-RPC: what editors and the apps of WordPress do here, and what nobody can.

#[path = "xmlrpc/client.rs"]
mod client;
#[path = "xmlrpc/refusals.rs"]
mod refusals;

use client::{Editor, call, read};
use serde_json::{Value, json};
use tests::{GPS_SECRET, Pipit, photo_with_gps};

const ALL: &[&str] = &["create", "update", "delete", "media", "draft", "read"];

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().map(text).collect()
}

/// The path of a post on its blog.
fn path(post: &Value, name: &str) -> String {
    let url = text(&post[name]);
    let (_, rest) = url.split_once("://").expect("an address");
    format!("/{}", rest.split_once('/').expect("a path").1)
}

#[test]
fn what_there_is_anybody_may_ask_and_the_rest_wants_a_token() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let methods = editor.send("system.listMethods", &[]);
    let methods = names(&methods);
    assert!(methods.contains(&"wp.getUsersBlogs") && methods.len() > 60, "{methods:?}");
    assert!(!methods.iter().any(|name| name.contains("multicall") || name.contains("pingback")));
    let nobody = Editor { token: "A".repeat(43), ..Editor::of(&pipit, &ann, ALL) };
    for method in methods {
        if method.starts_with("system.") || method.starts_with("mt.supported") {
            assert!(editor.send(method, &[])["faultCode"].is_null(), "{method}");
            continue;
        }
        assert_eq!(editor.send(method, &[])["faultCode"], 403, "{method}");
        assert_eq!(nobody.fault(method, json!("1"), &[json!("1")]), 403, "{method}");
        // With a token and nonsense there is an answer or a reason, and never a failure of ours.
        let mut login = vec![json!("1"), json!(editor.username), json!(editor.token)];
        if method.starts_with("blogger.") || ["wp.getPage", "wp.editPage"].contains(&method) {
            login.insert(0, json!("0"));
        }
        for rest in [vec![], vec![json!("1"), json!({ "a": [1] }), json!(true)], vec![json!({})]] {
            let answer = editor.send(method, &[login.clone(), rest].concat());
            let code = answer["faultCode"].as_i64().unwrap_or(0);
            assert!([0, 400, 403, 404].contains(&code), "{method}: {answer}");
        }
    }
}

#[test]
fn metaweblog_writes_reads_changes_and_deletes() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let html = "<p>One &amp; <em>two</em></p>\n\nSome *Markdown* too 🐦";
    let content = json!({ "title": "", "description": html, "categories": ["Tea"], "mt_keywords": "milk, Tea", "mt_text_more": "And more", "mt_excerpt": "In short" });
    let id = editor.call("metaWeblog.newPost", json!("0"), &[content, json!(true)]);
    assert!(text(&id).len() == 18 && text(&id).bytes().all(|b| b.is_ascii_digit()), "{id}");
    let post = editor.call("metaWeblog.getPost", id.clone(), &[]);
    assert_eq!(post["postid"], id);
    assert_eq!(post["title"], "", "a note has no title");
    assert_eq!(post["description"], format!("{html}\n\nAnd more"), "the text is as it was sent");
    assert_eq!(names(&post["categories"]), ["Tea", "milk"]);
    assert_eq!(
        (&post["mt_excerpt"], &post["post_status"]),
        (&json!("In short"), &json!("publish"))
    );
    let blog = pipit.blog(&ann);
    let page = path(&post, "permaLink");
    blog.get(&page).expect(200).expect_text("<em>two</em>").expect_text("<em>Markdown</em>");

    let change = json!({ "title": "Now with a title", "post_status": "publish" });
    assert_eq!(editor.call("metaWeblog.editPost", id.clone(), &[change, json!(true)]), true);
    let changed = editor.call("metaWeblog.getPost", id.clone(), &[]);
    assert_eq!(changed["title"], "Now with a title");
    assert_eq!(
        (&changed["description"], &changed["categories"], &changed["permaLink"]),
        (&post["description"], &post["categories"], &post["permaLink"]),
        "what is not named stays"
    );
    let list = editor.call("metaWeblog.getRecentPosts", json!("0"), &[json!(5)]);
    assert_eq!(list, json!([changed]));
    assert_eq!(
        editor.call("metaWeblog.getRecentPosts", json!("0"), &[]),
        list,
        "without a number too"
    );
    let titles = editor.call("mt.getRecentPostTitles", json!("0"), &[json!(5)]);
    assert_eq!(titles[0]["title"], "Now with a title");

    let delete = [json!(""), id.clone(), json!(editor.username), json!(editor.token), json!(true)];
    assert_eq!(editor.send("metaWeblog.deletePost", &delete), true);
    blog.get(&page).expect(410);
    assert_eq!(editor.fault("metaWeblog.getPost", id.clone(), &[]), 404);
    assert_eq!(
        editor.fault("metaWeblog.deletePost", id, &[]),
        404,
        "without the key of an app too"
    );
}

#[test]
fn a_draft_is_published_later_and_is_of_that_moment() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let content = json!({ "title": "Draft", "description": "Not yet", "mt_keywords": "" });
    let id = editor.call("metaWeblog.newPost", json!("0"), &[content, json!(false)]);
    let draft = editor.call("metaWeblog.getPost", id.clone(), &[]);
    assert_eq!(draft["post_status"], "draft");
    pipit.blog(&ann).get(&path(&draft, "permaLink")).expect(404);
    if let Some(memory) = pipit.memory() {
        memory.native.clock.advance_ms(3_600_000);
    }
    // An editor sends back the whole struct that it got.
    let back = json!({ "title": "Draft", "description": "Done", "dateCreated": { "date": draft["dateCreated"] }, "date_created_gmt": { "date": draft["date_created_gmt"] } });
    assert_eq!(editor.call("metaWeblog.editPost", id.clone(), &[back, json!(true)]), true);
    let post = editor.call("metaWeblog.getPost", id.clone(), &[]);
    assert_eq!(post["post_status"], "publish");
    if pipit.memory().is_some() {
        assert!(text(&post["dateCreated"]) > text(&draft["dateCreated"]), "{post}");
    }
    pipit.blog(&ann).get(&path(&post, "permaLink")).expect(200).expect_text("Done");
    // And back it goes.
    editor.call(
        "metaWeblog.editPost",
        id.clone(),
        &[json!({ "description": "Wait" }), json!(false)],
    );
    assert_eq!(editor.call("metaWeblog.getPost", id.clone(), &[])["post_status"], "draft");
    assert_eq!(editor.call("mt.publishPost", id.clone(), &[]), true);
    assert_eq!(editor.call("metaWeblog.getPost", id, &[])["post_status"], "publish");
}

#[test]
fn a_date_is_of_its_own_zone_or_of_the_persons() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    ann.post("/account/timezone", &[("timezone", "Asia/Kathmandu")]);
    let post = |content: Value| {
        let id = editor.call("metaWeblog.newPost", json!("0"), &[content, json!(true)]);
        editor.call("metaWeblog.getPost", id, &[])
    };
    let gmt = "20200110T09:30:00";
    for content in [
        json!({ "description": "a", "dateCreated": { "date": "20200110T15:15:00" } }),
        json!({ "description": "b", "dateCreated": { "date": "2020-01-10T09:30:00Z" } }),
        json!({ "description": "c", "date_created_gmt": { "date": gmt } }),
        json!({ "description": "d", "dateCreated": { "date": "20200110T10:30:00+0100" } }),
        json!({ "description": "e", "dateCreated": "20200110T15:15:00" }),
        json!({ "description": "f", "dateCreated": { "date": "19990101T00:00:00" }, "date_created_gmt": { "date": gmt } }),
    ] {
        let post = post(content.clone());
        assert_eq!(post["date_created_gmt"], gmt, "{content}");
        assert_eq!(post["dateCreated"], "20200110T15:15:00", "{content}");
    }
    let late = post(
        json!({ "description": "g", "date_created_gmt": { "date": "20990101T00:00:00" }, "wp_slug": "later" }),
    );
    assert_eq!(late["post_status"], "future", "what has a time to come waits for it");
    assert_eq!(path(&late, "link"), "/2099/01/01/later");
    pipit.blog(&ann).get("/2099/01/01/later").expect(404);
    for date in ["yesterday", "19600101T00:00:00"] {
        let content = json!({ "description": "h", "dateCreated": { "date": date } });
        assert_eq!(editor.fault("metaWeblog.newPost", json!("0"), &[content]), 400, "{date}");
    }
}

#[test]
fn wordpress_writes_lists_and_numbers_its_categories() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor =
        Editor { path: "/xmlrpc.php", browser: pipit.blog(&ann), ..Editor::of(&pipit, &ann, ALL) };
    let blogs = editor.send("wp.getUsersBlogs", &[json!(editor.username), json!(editor.token)]);
    assert_eq!(blogs[0]["xmlrpc"], format!("{}/xmlrpc.php", pipit.blog_url(&ann)));
    let blog = blogs[0]["blogid"].clone();
    let tea = editor.call(
        "wp.newTerm",
        blog.clone(),
        &[json!({ "taxonomy": "category", "name": "Tea" })],
    );
    assert_eq!(
        editor.call("wp.newCategory", blog.clone(), &[json!({ "name": "tea" })]),
        tea,
        "it is there already"
    );
    let content = json!({ "post_title": "Hi", "post_content": "Text", "terms": { "category": [text(&tea).parse::<i64>().unwrap()] }, "terms_names": { "post_tag": ["New"] } });
    let id = editor.call("wp.newPost", blog.clone(), &[content]);
    let post = editor.call("wp.getPost", blog.clone(), &[id.clone()]);
    assert_eq!(
        (&post["post_status"], &post["post_type"]),
        (&json!("draft"), &json!("post")),
        "a draft where nothing else is said"
    );
    assert_eq!((&post["terms"][0]["term_id"], &post["terms"][1]["name"]), (&tea, &json!("New")));

    let edit = json!({ "post_status": "publish", "post_date": { "date": "20200101T00:00:00Z" } });
    assert_eq!(editor.call("wp.editPost", blog.clone(), &[id.clone(), edit]), true);
    let post = editor.call("wp.getPost", blog.clone(), &[id.clone()]);
    assert_eq!(
        (&post["post_status"], &post["post_date_gmt"]),
        (&json!("publish"), &json!("20200101T00:00:00"))
    );
    let stale =
        json!({ "post_title": "Mine", "if_not_modified_since": { "date": "20200101T00:00:00Z" } });
    assert_eq!(editor.fault("wp.editPost", blog.clone(), &[id.clone(), stale]), 409);

    let listed = |filter: Value| -> Vec<Value> {
        let list = editor.call("wp.getPosts", blog.clone(), &[filter]);
        list.as_array().unwrap().iter().map(|post| post["post_id"].clone()).collect()
    };
    assert_eq!(
        listed(json!({ "post_type": "post", "post_status": "publish,private", "number": 40 })),
        std::slice::from_ref(&id)
    );
    assert_eq!(listed(json!({ "post_status": ["publish"] })), std::slice::from_ref(&id));
    assert_eq!(listed(json!({ "s": "tEx" })), std::slice::from_ref(&id));
    for filter in [
        json!({ "post_status": "draft" }),
        json!({ "post_status": "trash" }),
        json!({ "post_type": "page" }),
        json!({ "post_type": "wp_block" }),
        json!({ "offset": 1 }),
        json!({ "s": "elsewhere" }),
    ] {
        assert!(listed(filter.clone()).is_empty(), "{filter}");
    }
    let private = json!({ "post_status": "private" });
    editor.call("wp.editPost", blog.clone(), &[id.clone(), private]);
    let post = editor.call("wp.getPost", blog.clone(), &[id.clone()]);
    assert_eq!(post["post_status"], "private");
    pipit.blog(&ann).get(&path(&post, "link")).expect(404);
    assert_eq!(editor.call("wp.deletePost", blog.clone(), &[id.clone()]), true);
    assert_eq!(editor.fault("wp.getPost", blog, &[id]), 404);
}

#[test]
fn categories_are_renamed_and_removed_with_their_posts() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let content = json!({ "description": "Text", "categories": ["Tea", "Milk"] });
    let id = editor.call("metaWeblog.newPost", json!("0"), &[content, json!(true)]);
    let term = |name: &str| {
        let terms =
            editor.call("wp.getTerms", json!("0"), &[json!("category"), json!({ "search": name })]);
        terms
            .as_array()
            .unwrap()
            .iter()
            .find(|term| term["name"] == name)
            .map(|term| term["term_id"].clone())
    };
    // The posts follow in the background.
    let are = |expected: Value| {
        let ask = [id.clone(), json!(editor.username), json!(editor.token)];
        let ask = || editor.post(&call("metaWeblog.getPost", &ask));
        pipit.eventually(ask, |answer| read(answer)["categories"] == expected);
    };
    let tea = term("Tea").expect("it is there");
    let rename = |name: &str| {
        let term = json!({ "taxonomy": "category", "name": name });
        editor.try_call("wp.editTerm", json!("0"), &[tea.clone(), term])
    };
    assert_eq!(rename("Green tea"), true);
    are(json!(["Green tea", "Milk"]));
    assert_eq!((term("Tea"), term("Green tea")), (None, Some(tea.clone())), "its number stays");
    let post = editor.call("wp.getPost", json!("0"), &[id.clone()]);
    assert_eq!(post["terms"][0]["term_id"], tea);
    assert_eq!(rename("milk")["faultCode"], 409);
    assert_eq!(rename("")["faultCode"], 400);
    let delete = || editor.try_call("wp.deleteTerm", json!("0"), &[json!("category"), tea.clone()]);
    assert_eq!(delete(), true);
    are(json!(["Milk"]));
    assert_eq!((term("Green tea"), &delete()["faultCode"]), (None, &json!(404)));
    assert_eq!(editor.fault("wp.getTerms", json!("0"), &[json!("colour")]), 404);

    editor.call("mt.setPostCategories", id.clone(), &[json!([{ "categoryId": "Bread" }])]);
    let list = editor.call("mt.getCategoryList", json!("0"), &[]);
    assert_eq!(
        editor.call("mt.getPostCategories", id.clone(), &[])[0]["categoryId"],
        list[0]["categoryId"]
    );
    assert_eq!(editor.fault("mt.setPostCategories", id, &[json!([{ "categoryId": 77 }])]), 400);
}

#[test]
fn pages_stand_beside_posts() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let about = editor.call(
        "wp.newPage",
        json!("0"),
        &[json!({ "title": "About", "description": "Me" }), json!(true)],
    );
    let more = editor.call(
        "microblog.newPage",
        json!("0"),
        &[json!({ "title": "More", "description": "https://example.org/", "is_navigation": true })],
    );
    assert_eq!(
        editor.fault("microblog.newPage", json!("0"), &[json!({ "description": "x" })]),
        400,
        "a page needs a title"
    );
    let list = editor.call("wp.getPages", json!("0"), &[json!(10)]);
    assert_eq!(list.as_array().map(Vec::len), Some(2));
    let page = editor.send(
        "wp.getPage",
        &[json!("0"), about.clone(), json!(editor.username), json!(editor.token)],
    );
    assert_eq!(
        (&page["title"], &page["page_status"], path(&page, "link").as_str()),
        (&json!("About"), &json!("publish"), "/about")
    );
    let page = editor.call("microblog.getPage", more.clone(), &[]);
    assert_eq!(
        (&page["is_navigation"], &page["is_redirect"], &page["is_template"]),
        (&json!(true), &json!(true), &json!(false))
    );
    editor.call(
        "microblog.editPage",
        more.clone(),
        &[json!({ "description": "Words", "is_navigation": false })],
    );
    let pages = editor.call("microblog.getPages", json!("0"), &[json!(1), json!(0)]);
    assert_eq!(
        (&pages[0]["description"], &pages[0]["is_navigation"]),
        (&json!("Words"), &json!(false))
    );
    assert!(
        editor
            .call("microblog.getPosts", json!("0"), &[json!(10), json!(0)])
            .as_array()
            .unwrap()
            .is_empty()
    );
    let edit = [
        json!("0"),
        about.clone(),
        json!(editor.username),
        json!(editor.token),
        json!({ "description": "You" }),
        json!(true),
    ];
    assert_eq!(editor.send("wp.editPage", &edit), true);
    pipit.blog(&ann).get("/about").expect(200).expect_text("You");
    assert_eq!(editor.call("wp.getPageList", json!("0"), &[])[0]["page_title"], "More");
    editor.call("microblog.deletePage", more, &[]);
    editor.call("wp.deletePage", json!("0"), &[about]);
    pipit.blog(&ann).get("/about").expect(410);
}

#[test]
fn microblogs_own_methods_and_those_of_blogger() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let login = [json!("key"), json!("0"), json!(editor.username), json!(editor.token)];
    let id = editor
        .send("blogger.newPost", &[&login[..], &[json!("Plain & simple"), json!(true)]].concat());
    let draft =
        json!({ "title": "", "description": "Later", "post_status": "draft", "categories": ["A"] });
    let draft = editor.call("microblog.newPost", json!("0"), &[draft]);
    let posts = editor.call("microblog.getPosts", json!("0"), &[json!(10), json!(0)]);
    let of = |id: &Value| {
        posts.as_array().unwrap().iter().find(|post| post["id"] == *id).unwrap().clone()
    };
    let (post, draft) = (of(&id), of(&draft));
    assert_eq!(
        (&post["description"], &post["post_status"]),
        (&json!("Plain & simple"), &json!("published"))
    );
    assert_eq!(post["author"], json!({ "name": ann.username, "username": ann.username }));
    assert_eq!((&draft["post_status"], &draft["categories"]), (&json!("draft"), &json!(["A"])));
    let edit = [
        json!("key"),
        id.clone(),
        json!(editor.username),
        json!(editor.token),
        json!("Changed"),
        json!(true),
    ];
    assert_eq!(editor.send("blogger.editPost", &edit), true);
    assert_eq!(editor.call("microblog.getPost", id.clone(), &[])["description"], "Changed");
    assert_eq!(
        editor.send(
            "blogger.getUsersBlogs",
            &[json!(""), json!(editor.username), json!(editor.token)]
        )[0]["blogName"],
        ann.username
    );
    let info = editor
        .send("blogger.getUserInfo", &[json!(""), json!(editor.username), json!(editor.token)]);
    assert_eq!((&info["nickname"], &info["email"]), (&json!(ann.username), &json!("")));
    let delete =
        [json!("key"), id.clone(), json!(editor.username), json!(editor.token), json!(true)];
    assert_eq!(editor.send("blogger.deletePost", &delete), true);
    assert_eq!(editor.fault("microblog.getPost", id, &[]), 404);
}

#[test]
fn a_file_is_uploaded_shown_listed_and_deleted() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let bits = base64(&photo_with_gps());
    let file = json!({ "name": "a.jpg", "type": "image/jpeg", "bits": { "base64": bits } });
    let made = editor.call("metaWeblog.newMediaObject", json!("0"), std::slice::from_ref(&file));
    let url = text(&made["url"]);
    let stored = pipit.media(url).expect(200);
    assert_eq!(stored.header("content-type"), "image/jpeg");
    assert!(!stored.body.windows(GPS_SECRET.len()).any(|bytes| bytes == GPS_SECRET));
    let html = format!("<img src=\"{url}\" alt=\"A bird\">");
    editor.call("metaWeblog.newPost", json!("0"), &[json!({ "description": html }), json!(true)]);
    pipit.blog(&ann).get("/").expect(200).expect_text(url);

    let again = editor.call("wp.uploadFile", json!("0"), &[file]);
    assert_ne!(made["id"], again["id"]);
    let list =
        editor.call("wp.getMediaLibrary", json!("0"), &[json!({ "number": 100, "offset": 0 })]);
    assert_eq!(list.as_array().map(Vec::len), Some(2));
    assert_eq!(
        editor
            .call("wp.getMediaLibrary", json!("0"), &[json!({ "offset": 1, "mime_type": "image" })])
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        editor.call("wp.getMediaLibrary", json!("0"), &[json!({ "mime_type": "video" })]),
        json!([])
    );
    let item = editor.call(
        "wp.getMediaItem",
        json!("0"),
        &[json!(text(&again["id"]).parse::<i64>().unwrap())],
    );
    assert_eq!((&item["link"], &item["metadata"]["width"]), (&again["url"], &json!(8)));
    assert_eq!(editor.call("wp.deleteFile", json!("0"), &[again["id"].clone()]), true);
    let shown = editor.fault("wp.deleteFile", json!("0"), &[made["id"].clone()]);
    assert_eq!(shown, 409, "what a post shows stays");
    pipit.run_jobs();
    pipit.eventually(|| pipit.media(text(&again["url"])), |answer| answer.status == 404);
    assert_eq!(editor.fault("wp.getMediaItem", json!("0"), &[json!("1")]), 404);
    for bits in [
        json!({ "base64": base64(b"<svg/>") }),
        json!({ "base64": "*" }),
        json!("text"),
        Value::Null,
    ] {
        let file = json!({ "name": "a.jpg", "type": "image/jpeg", "bits": bits });
        assert_eq!(editor.fault("wp.uploadFile", json!("0"), &[file.clone()]), 400, "{file}");
    }
}

/// With a line break after each 76 characters, as some send it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * at) & 63) as usize] as char;
            out.push(if at <= chunk.len() { letter } else { '=' });
        }
        if out.len() % 77 == 76 {
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_same_call_again_writes_nothing_more() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let editor = Editor::of(&pipit, &ann, ALL);
    let content = [json!({ "description": "Once" }), json!(true)];
    let id = editor.call("metaWeblog.newPost", json!("0"), &content);
    assert_eq!(editor.call("metaWeblog.newPost", json!("0"), &content), id);
    let other = [json!({ "description": "Twice" }), json!(true)];
    assert_ne!(editor.call("metaWeblog.newPost", json!("0"), &other), id);
}
