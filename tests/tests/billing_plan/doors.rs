//! Every door through which new words and files come in, tried on one blog.

use serde_json::json;
use tests::{Answer, Ask, Browser, Pipit, Program, Upload, photo_with_gps};

pub const SCOPES: &[&str] = &["create", "update", "delete", "undelete", "media", "read"];
/// What a door says that is closed.
pub const WHY: &str = "room for one blog, so this one is read-only";

/// The doors to the blog that somebody writes on, where a post of theirs stands.
pub struct Doors {
    pub person: Browser,
    pub app: Program,
    pub id: String,
    pub url: String,
}

impl Doors {
    /// Makes a further blog for somebody, writes on it, and knows its doors from then on.
    #[track_caller]
    pub fn to_another_blog(pipit: &Pipit, person: Browser, name: &str) -> Self {
        let fields = [("name", name), ("title", "The other one")];
        person.post("/settings/blogs", &fields).expect(303);
        person.post(&format!("/settings/blogs/{name}/choice"), &[]).expect(303);
        let app = Program::of(pipit, &person, SCOPES);
        let made = app.json("/posts", &json!({ "content": "Heron" })).expect(201);
        let (id, url) = (made.json()["id"].clone(), made.header("location").to_owned());
        let id = id.as_str().expect("an id").to_owned();
        Self { person, app, id, url }
    }

    /// Every door is closed, and says why and where to go.
    #[track_caller]
    pub fn are_closed(&self) {
        for (door, answer) in self.answers() {
            assert_eq!(answer.status, 402, "{door}: {}", answer.text());
            assert!(answer.text().contains(WHY), "{door}: {}", answer.text());
            assert!(answer.text().contains("/settings/billing"), "{door}");
        }
        for (method, id) in [("metaWeblog.newPost", "1"), ("metaWeblog.editPost", &self.id)] {
            let fault = self.xmlrpc(method, id);
            let is_so = fault.contains("<int>402</int>") && fault.contains("read-only");
            assert!(is_so, "{method}: {fault}");
        }
    }

    /// Every door is open.
    #[track_caller]
    pub fn are_open(&self) {
        for (door, answer) in self.answers() {
            assert!(answer.status < 400, "{door}: {} {}", answer.status, answer.text());
        }
    }

    /// What XML-RPC answers to new words.
    pub fn xmlrpc(&self, method: &str, id: &str) -> String {
        let text =
            "<struct><member><name>description</name><value>Intruder</value></member></struct>";
        let values = [id, self.person.username.as_str(), self.app.token.as_str(), text];
        let params: String =
            values.iter().map(|value| format!("<param><value>{value}</value></param>")).collect();
        let xml = format!(
            "<methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
        );
        self.app.browser.send(Ask::body("/xmlrpc", "text/xml", xml)).expect(200).text()
    }

    /// What every door answers to new words, by its name.
    pub fn answers(&self) -> Vec<(&'static str, Answer)> {
        let edit = format!("/posts/{}", self.id);
        let micropub = |body: serde_json::Value| self.app.json("/micropub", &body);
        let ann = &self.person;
        let words = [("title", ""), ("text", "Intruder")];
        vec![
            ("the composer", ann.post("/posts", &words)),
            ("a change of a post", ann.post(&edit, &words)),
            ("a draft that keeps itself", ann.post("/posts/draft", &words)),
            (
                "a file ahead of a post",
                ann.send(Ask::body("/posts/files", "image/jpeg", photo_with_gps())),
            ),
            ("the library", ann.send(Ask::upload("/media", &[], &file("files")))),
            ("the JSON API", self.app.json("/posts", &json!({ "content": "Intruder" }))),
            ("a change by the JSON API", self.app.json(&edit, &json!({ "content": "Intruder" }))),
            (
                "Micropub",
                micropub(json!({ "type": ["h-entry"], "properties": { "content": ["Intruder"] } })),
            ),
            (
                "a change by Micropub",
                micropub(
                    json!({ "action": "update", "url": self.url, "replace": { "content": ["Intruder"] } }),
                ),
            ),
            ("Micropub's media", self.app.send(Ask::upload("/micropub/media", &[], &file("file")))),
            (
                "a file in pieces",
                self.app.send(Ask::form(
                    "/micropub/media/append",
                    &[("file_id", "a"), ("file_data", "aGVsbG8=")],
                )),
            ),
        ]
    }
}

/// A form's files with one photo.
pub fn file(field: &'static str) -> [Upload; 1] {
    [Upload { field, file_name: "IMG_1.jpg", bytes: photo_with_gps() }]
}
