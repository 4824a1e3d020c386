//! Templates of somebody's own, that work and that do not.

use super::*;
use crate::{Page, list, map};

fn config() -> Config {
    let get = |name: &str| {
        let value = match name {
            "APP_ORIGIN" => "http://localhost:8787",
            "BLOG_DOMAIN" => "blogs.localhost:8787",
            "MEDIA_ORIGIN" => "http://media.localhost:8787",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Config::read(get).expect("a configuration")
}

fn made(texts: &[(&str, &str)]) -> Made {
    let config = config();
    let blog = Blog { title: "Maria <3".into(), username: "maria".into(), ..Blog::default() };
    let texts: Vec<_> =
        texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let post = |n: u32| {
        map(vec![
            ("title", format!("Post <{n}>").into()),
            ("url", "/p".into()),
            ("published", "".into()),
            ("published_iso", "".into()),
            ("html", crate::html("<p>Words</p>".repeat(100))),
            ("context", "".into()),
            ("files", "".into()),
            ("categories", list(std::iter::empty())),
        ])
    };
    let page = Page { kind: "home", url: "http://x/".into(), ..Page::default() };
    let model = vec![("posts", list((0..20).map(post))), ("page", page.into())];
    super::page(&config, &blog, &texts, "home.html", model).expect("the theme's are never broken")
}

#[test]
fn a_template_stands_in_the_place_of_the_themes() {
    let page = made(&[(
        "home.html",
        "{% extends 'base.html' %}{% block main %}<p>{{ posts[1].title }}, {{ posts|length }}</p>{% endblock %}",
    )]);
    assert_eq!(page.problem, None);
    assert!(page.html.contains("<p>Post &#60;1&#62;, 20</p>"), "{}", page.html);
    assert!(page.html.contains("<title>Maria &#60;3</title>"), "{}", page.html);
    let page =
        made(&[("post_body.html", "<i>{{ post.title }}</i>{% include 'theme/post_body.html' %}")]);
    assert_eq!(page.problem, None);
    assert!(page.html.contains("<i>Post &#60;0&#62;</i><div class=\"e-content\""), "{}", page.html);
}

#[test]
fn a_broken_template_gives_way_and_says_why() {
    let endless = "{% for a in posts %}{% for b in posts %}{% for c in posts %}{% for d in posts %}{% for e in posts %}.{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    let long = "{% for a in posts %}{% for b in posts %}{% for c in posts %}{{ a.html }}{% endfor %}{% endfor %}{% endfor %}";
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    let nested = format!("{}{}", "{% if 1 %}".repeat(5000), "{% endif %}".repeat(5000));
    for (name, text, line, words) in [
        ("home.html", "one\n{{ pots }}", 2, "There is no such name. It stands in: {{ pots }}"),
        ("home.html", "{{ blog.titel }}", 1, "no such name"),
        ("home.html", "{% for x in pots %}{% endfor %}", 1, "no such name"),
        ("home.html", "\n\n{% if %}", 3, "not how templates are written. Something is missing."),
        ("home.html", "{{ posts }}", 1, "neither a text nor a number"),
        ("home.html", "{{ blog.title|shout }}", 1, "shout"),
        ("home.html", "{% include 'home.html' %}", 1, "without end"),
        ("home.html", "{% include 'nothing.html' %}", 1, "nothing.html"),
        ("home.html", endless, 0, "too long"),
        ("home.html", long, 1, "4 megabytes"),
        ("home.html", "\n{% set x = 1 %}", 2, "{% set %} is not possible"),
        ("home.html", "{{ blog.title ~ 'x' }}", 1, "“~” is not expected here"),
        ("home.html", "{% block a %}{{ super() }}{% endblock %}", 1, "“super” is not possible"),
        (
            "home.html",
            "{%- for p in posts recursive %}{% endfor %}",
            1,
            "“recursive” is not expected",
        ),
        ("home.html", &deep, 1, "in each other"),
        ("home.html", &nested, 1, "in each other"),
        ("post_body.html", "\n{% macro x() %}", 2, "{% macro %}"),
        ("post_body.html", "\n{{ post.nothing }}", 2, "no such name"),
    ] {
        let page = made(&[(name, text)]);
        let problem = page.problem.unwrap_or_else(|| panic!("{text} is fine?"));
        assert_eq!((problem.template.as_str(), problem.line), (name, line), "{problem:?}");
        assert!(problem.words.contains(words), "{problem:?}");
        assert!(
            page.html.contains("<article class=\"h-entry post\">"),
            "the theme's: {}",
            page.html
        );
        assert!(!problem.sentence().is_empty());
    }
}

#[test]
fn what_was_written_for_head_and_foot_stands_there_as_it_is() {
    let page = made(&[("head", "<meta name=x content='y'>"), ("foot", "<p>&copy; Maria</p>")]);
    assert!(page.html.contains("<meta name=x content='y'>\n</head>"), "{}", page.html);
    assert!(page.html.contains("<p>&copy; Maria</p>\n</body>"), "{}", page.html);
}

#[test]
fn every_template_of_every_theme_can_be_read() {
    for (theme, _, _) in THEMES {
        for (name, text) in built_in::templates(theme) {
            let read = syntax::read(text);
            assert!(read.is_ok(), "{theme}/{name}: {:?}", read.err());
        }
    }
}

const PIECES: [&str; 44] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "-",
    "+",
    " ",
    "\n",
    "if ",
    "elif ",
    "else",
    "endif",
    "for ",
    "x",
    " in ",
    "endfor",
    "posts",
    ".title",
    "[0]",
    "[",
    "]",
    "(",
    ")",
    "|length",
    "not ",
    " and ",
    " or ",
    "==",
    "<",
    "'a'",
    "\"",
    "12",
    "block ",
    "endblock",
    "extends ",
    "include ",
    "'base.html'",
    "raw",
    "endraw",
    "loop",
    "é",
    "99999999999999999999",
];

proptest::proptest! {
    #[test]
    fn whatever_is_typed_ends_and_the_page_stands(pieces in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = pieces.iter().filter_map(|at| PIECES.get(*at)).copied().collect();
        let page = made(&[("home.html", &text)]);
        proptest::prop_assert!(page.problem.is_none() || page.html.contains("class=\"h-feed\""), "{}", text);
    }
}

/// The language is a part of MiniJinja's: that engine makes the same pages of the same templates.
#[test]
fn another_engine_makes_the_same_pages() {
    let blog = Blog {
        title: "Maria <3 & \"you\"".into(),
        username: "maria".into(),
        language: "he".into(),
        site: Some("https://maria.example/?a=b&c".into()),
        look: r##"{"footer":"It's <b>","lists":"archive search"}"##.into(),
        ..Blog::default()
    };
    let own = [
        (
            "home.html",
            "{#- x -#}\n {% raw %}{{ no }}{%- endraw -%}  \n{{ 'a' }}{{ 1 }} {%- if 1 < 2 and not (posts|length == 0 or blog.pages) or 'a' in ['a', \"b\"] %} yes {% elif true %}x{% else %}y{%- endif +%}\n{% for p in posts %}{{ loop.index }}/{{ loop.length }}{% if not loop.last %}, {% endif %}{{ p['title'] if p.title else '-' }}{% else %}none{% endfor %}{% for p in [] %}x{% else %}none{% endfor %}{{ posts[0].label or 'z' }}\n\n",
        ),
        (
            "list.html",
            "{% block a %}[{% block b %}b{% endblock b %}{{ page.title }}]{% endblock %}",
        ),
        (
            "gone.html",
            "{% extends 'list.html' %}ignored{% block b %}mine{% include 'pages.html' %}{% endblock %}",
        ),
    ];
    let photo =
        domain::post::Photo { key: "k.jpg".into(), alt: "A <cat>".into(), width: 4, height: 3 };
    let post = domain::post::Post {
        path: "/2026/01/01/x".into(),
        photos: vec![photo.clone(), photo],
        html: "<p>Words &amp; more</p>".into(),
        updated_at: 9_999_999,
        revision: 2,
        ..domain::post::Post::default()
    };
    for (theme, _, _) in THEMES {
        let look = blog.look.replacen('{', &format!("{{\"theme\":\"{theme}\","), 1);
        let blog = Blog { look, ..blog.clone() };
        for texts in [&own[..], &[]] {
            let texts: Vec<(String, String)> =
                texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            for (name, model) in
                crate::trial::pages(&config(), &blog, &[post.clone(), crate::trial::sample()])
            {
                let ours =
                    super::page(&config(), &blog, &texts, name, model.clone()).expect("a page");
                assert_eq!(ours.problem, None);
                assert_eq!(ours.html, theirs(&blog, theme, &texts, name, model), "{theme}/{name}");
            }
        }
    }
}

fn theirs(
    blog: &Blog,
    theme: &str,
    texts: &[(String, String)],
    name: &str,
    mut model: Model,
) -> String {
    use minijinja::{AutoEscape, Environment, UndefinedBehavior};
    let look = Look::read(&blog.look);
    model.push(("blog", model::blog(&config(), blog, &look, texts)));
    model.push(("build", (&config().build).into()));
    let mut engine = Environment::empty();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.add_filter("length", |value: minijinja::Value| value.len().unwrap_or(0));
    engine.set_formatter(|out, _, value| {
        let text = value.to_string();
        let escaped = text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
        let escaped = escaped.replace('"', "&#34;").replace('\'', "&#39;");
        Ok(out.write_str(if value.is_safe() { &text } else { &escaped })?)
    });
    for (name, text) in built_in::templates(theme).collect::<Vec<_>>().into_iter().rev() {
        engine.add_template(name, text).expect("a template of ours");
    }
    for (name, text) in texts {
        engine.add_template(name, text).expect("a template of somebody's");
    }
    let model =
        minijinja::Value::from_pairs(model.iter().map(|(name, value)| (*name, their(value))));
    engine.get_template(name).expect("it is there").render(model).expect("it can be filled")
}

fn their(value: &crate::Value) -> minijinja::Value {
    use crate::Value;
    match value {
        Value::Missing | Value::Loop(..) => minijinja::Value::UNDEFINED,
        Value::Truth(is_so) => (*is_so).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => (&**text).into(),
        Value::Html(html) => minijinja::Value::from_safe_string(html.to_string()),
        Value::List(values) => values.iter().map(their).collect(),
        Value::Map(pairs) => {
            minijinja::Value::from_pairs(pairs.iter().map(|(name, value)| (*name, their(value))))
        }
    }
}

#[test]
fn no_template_takes_more_than_its_steps_or_the_stack() {
    let mut doubled = "{% for a0 in [[1, 1]] %}".to_owned();
    for n in 1..35 {
        let before = n - 1;
        doubled.push_str(&format!("{{% for a{n} in [[a{before}, a{before}]] %}}"));
    }
    doubled.push_str("{% if a34 == a34 %}x{% endif %}");
    doubled.push_str(&"{% endfor %}".repeat(35));
    let loops = |inner: &str| {
        let begin = "{% for a in posts %}{% for b in posts %}{% for c in posts %}{% for d in [1, 2, 3, 4] %}";
        format!("{begin}{inner}{}", "{% endfor %}".repeat(4))
    };
    let chain = |part: &str| format!("{{{{ blog{} }}}}", part.repeat(60_000 / part.len()));
    for text in [
        doubled,
        loops("{% if a.html|length == 5 %}x{% endif %}"),
        loops(&format!("{{% if '{}' == 1 %}}x{{% endif %}}", "y".repeat(50_000))),
        chain(".x"),
        chain("['x']"),
        chain(" or a"),
        chain(" and a"),
        chain("|length"),
        format!("{{% raw %}}{}", "{%endraw".repeat(7_500)),
    ] {
        let page = made(&[("home.html", &text)]);
        let start: String = text.chars().take(60).collect();
        assert!(page.problem.is_some(), "{start}");
        assert!(page.html.contains("Maria &#60;3"), "{start}");
    }
}
