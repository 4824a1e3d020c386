//! Calls as they come, good and bad.

use super::{fault::*, intake::Intake, read::Reader, value::*};
use bytes::Bytes;
use platform::Body;
use proptest::prelude::*;
use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

fn read(text: &[u8], bits: Option<Bytes>) -> Result<(String, Vec<Value>), Fault> {
    let mut reader = Reader::new(text, bits);
    let method = reader.method()?;
    let mut params = Vec::new();
    while let Some(param) = reader.param()? {
        params.push(param);
    }
    Ok((method, params))
}

fn call(values: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><methodCall><methodName>a.b</methodName><params>{values}</params></methodCall>"
    )
}

/// The value that a call of one parameter carries.
fn one(value: &str) -> Result<Value, Fault> {
    let call = call(&format!("<param>{value}</param>"));
    read(call.as_bytes(), None).map(|(_, mut params)| params.remove(0))
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn every_type_is_read() {
    for (xml, expected) in [
        ("<i4>41</i4>", Value::Int(41)),
        ("<int> -7 </int>", Value::Int(-7)),
        ("<i8>123456789012345678</i8>", Value::Int(123_456_789_012_345_678)),
        (
            "<ex:i8 xmlns:ex=\"http://ws.apache.org/xmlrpc/namespaces/extensions\">1</ex:i8>",
            Value::Int(1),
        ),
        ("<string> a &amp; b &lt;c&gt; &#x1F426;&#33; </string>", text(" a & b <c> 🐦! ")),
        ("<string/>", text("")),
        ("<string><![CDATA[<b>&amp;</b>]]></string>", text("<b>&amp;</b>")),
        ("<string>one\r\ntwo\rthree</string>", text("one\ntwo\nthree")),
        ("<string>salt & pepper & more</string>", text("salt & pepper & more")),
        ("plain <!-- no --> text", text("plain  text")),
        ("", text("")),
        ("<boolean>1</boolean>", Value::Bool(true)),
        ("<boolean>false</boolean>", Value::Bool(false)),
        ("<double>-1.5e3</double>", text("-1.5e3")),
        (
            "<dateTime.iso8601>20261122T09:30:00</dateTime.iso8601>",
            Value::Date("20261122T09:30:00".into()),
        ),
        ("<base64>SGVs\r\n  bG8=\n</base64>", Value::Bytes("Hello".into())),
        ("<base64>SGVsbG8</base64>", Value::Bytes("Hello".into())),
        ("<base64></base64>", Value::Bytes(Bytes::new())),
        ("<nil/>", Value::Nil),
        ("<array><data/></array>", Value::Array(vec![])),
        ("<array/>", Value::Array(vec![])),
        ("<struct/>", Value::Struct(vec![])),
        (
            "\n<array>\n<data>\n<value>a</value>\n<value><int>1</int></value>\n</data>\n</array>\n",
            Value::Array(vec![text("a"), Value::Int(1)]),
        ),
        (
            "<struct><member>\n<name>a</name><value>b</value></member></struct>",
            record![("a", text("b"))],
        ),
    ] {
        assert_eq!(one(&format!("<value>{xml}</value>")), Ok(expected), "{xml}");
    }
}

#[test]
fn calls_come_with_and_without_parameters() {
    for (xml, count) in [
        ("<methodCall><methodName> a.b </methodName></methodCall>", 0),
        (
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<methodCall>\n<methodName>a.b</methodName>\n<params/>\n</methodCall>\n",
            0,
        ),
        (
            "<methodCall><methodName>a.b</methodName><params><param><value>1</value></param>\n<param><value/></param></params></methodCall>",
            2,
        ),
    ] {
        let (method, params) = read(xml.as_bytes(), None).unwrap();
        assert_eq!((method.as_str(), params.len()), ("a.b", count), "{xml}");
    }
}

#[test]
fn what_is_no_call_is_a_fault() {
    let deep =
        format!("{}x{}", "<value><array><data>".repeat(40), "</data></array></value>".repeat(40));
    let many = format!("<value><array><data>{}</data></array></value>", "<value/>".repeat(30_000));
    for (xml, code) in [
        (String::new(), -32700),
        ("<methodCall>".into(), -32700),
        ("<methodCall><methodName>a</methodName><params>".into(), -32700),
        ("<methodResponse/>".into(), -32600),
        ("{\"a\":1}".into(), -32600),
        ("<!DOCTYPE methodCall [<!ENTITY a \"b\">]><methodCall/>".into(), -32700),
        (call("<param><value>&a;</value></param>"), -32700),
        (call("<param><value>&#0;</value></param>"), -32700),
        (call("<param><value>a</value><value>b</value></param>"), -32600),
        (call("<param><value>a<int>1</int></value></param>"), -32600),
        (call("<param><value><int>1</int>a</value></param>"), -32600),
        (call("<param><value><int>x</int></value></param>"), -32600),
        (call("<param><value><boolean>yes</boolean></value></param>"), -32600),
        (call("<param><value><double>a</double></value></param>"), -32600),
        (call("<param><value><date>a</date></value></param>"), -32600),
        (call("<param><value><base64>*</base64></value></param>"), 400),
        (call("<param><value></int></param>"), -32700),
        (call("x"), -32600),
        (format!("{}<more/>", call("")), -32600),
        (call(&format!("<param>{deep}</param>")), -32600),
        (call(&format!("<param>{many}</param>")), -32600),
    ] {
        let shown: String = xml.chars().take(200).collect();
        assert_eq!(read(xml.as_bytes(), None).map_err(|fault| fault.code), Err(code), "{shown}");
    }
    assert_eq!(read(b"<methodCall><methodName>\xff</methodName></methodCall>", None), Err(BROKEN));
}

#[test]
fn a_date_is_a_moment() {
    const AT: i64 = 1_795_339_800; // 22 November 2026, 09:30:00 UTC
    for (text, utc, berlin) in [
        ("20261122T09:30:00", Some(AT), Some(AT - 3600)),
        ("20261122T09:30:00Z", Some(AT), Some(AT)),
        ("2026-11-22T09:30:00Z", Some(AT), Some(AT)),
        ("2026-11-22T09:30:00.250Z", Some(AT), Some(AT)),
        ("20261122T09:30:00+0100", Some(AT - 3600), Some(AT - 3600)),
        ("20261122T09:30:00-01:00", Some(AT + 3600), Some(AT + 3600)),
        ("20261122T09:30:00+01", Some(AT - 3600), Some(AT - 3600)),
        (" 2026-11-22 09:30:00 ", Some(AT), Some(AT - 3600)),
        ("20261122T09:30", Some(AT), Some(AT - 3600)),
        ("20261322T09:30:00", None, None),
        ("2026", None, None),
        ("yesterday", None, None),
        ("é0261122T09:30:00", None, None),
        ("", None, None),
    ] {
        let value = Value::Date(text.into());
        assert_eq!(value.moment(None), utc, "{text}");
        assert_eq!(value.moment(Some("Europe/Berlin")), berlin, "{text}");
    }
    assert_eq!(date(AT, None), Value::Date("20261122T09:30:00".into()));
    assert_eq!(date(AT, Some("Europe/Berlin")), Value::Date("20261122T10:30:00".into()));
}

#[test]
fn an_answer_is_xml_whatever_is_in_it() {
    let mut out = String::new();
    text("a\u{0}\u{8}\u{fffe}b\r\n\t]]>").write(&mut out);
    assert_eq!(out, "<value><string>ab&#13;\n\t]]&gt;</string></value>");
}

/// Nothing of it ever waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("it waits"),
    }
}

fn in_pieces(text: &str, size: usize) -> Body {
    let pieces: Vec<Bytes> = text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
    Body::Stream(Box::pin(futures_util::stream::iter(pieces.into_iter().map(Ok))))
}

#[test]
fn a_file_is_decoded_as_it_comes_in() {
    let file: Vec<u8> = (0..1000_u32).flat_map(u32::to_le_bytes).collect();
    let encoded = base64::Engine::encode(&super::intake::BASE64, &file);
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect();
    let call = call(&format!(
        "<param><value>ann</value></param><param><value><base64>\n{}\n</base64></value></param>",
        lines.join("\r\n")
    ));
    for size in [1, 2, 3, 7, 76, 1000, 100_000] {
        let mut intake = now(Intake::begin(in_pieces(&call, size))).unwrap();
        let mut before = Reader::new(&intake.text, None);
        assert_eq!(before.method().as_deref(), Ok("a.b"));
        assert_eq!(before.param(), Ok(Some(text("ann"))), "what is before the file can be read");
        assert!(before.param().is_err());
        let bits = now(intake.finish_with_file(call.len())).unwrap();
        assert!(intake.text.len() < 300, "the file is not among the text");
        let (_, params) = read(&intake.text, bits).unwrap();
        assert_eq!(params, [text("ann"), Value::Bytes(file.clone().into())], "in pieces of {size}");

        let mut intake = now(Intake::begin(in_pieces(&call, size))).unwrap();
        now(intake.finish()).unwrap();
        assert_eq!(read(&intake.text, None).unwrap().1, params, "and not as it comes in");
    }
}

#[test]
fn a_call_is_one_mebibyte_at_most_and_a_file_forty_five() {
    let long = |bytes: usize| call(&format!("<param><value>{}</value></param>", "a".repeat(bytes)));
    assert!(now(Intake::begin(in_pieces(&long(1_000_000), 9000))).is_ok());
    assert_eq!(now(Intake::begin(in_pieces(&long(1 << 20), 9000))).err(), Some(TOO_LARGE));
    let file = |bytes: usize| {
        let call = call(&format!(
            "<param><value><base64>{}</base64></value></param>",
            "A".repeat(bytes / 3 * 4)
        ));
        let mut intake = now(Intake::begin(Body::from(call.clone()))).unwrap();
        now(intake.finish_with_file(usize::MAX)).map(|file| file.unwrap().len())
    };
    assert_eq!(file(45 << 20), Ok(45 << 20));
    assert_eq!(file((45 << 20) + 3), Err(TOO_LARGE));
    let broken = call("<param><value><base64>AA*A</base64></value></param>");
    let mut intake = now(Intake::begin(Body::from(broken))).unwrap();
    assert_eq!(now(intake.finish_with_file(0)).err().map(|fault| fault.code), Some(400));
}

fn values() -> impl Strategy<Value = Value> {
    // What XML can say: no control characters but three, and no carriage return without its reference.
    let words = "[\\t\\n\\r -~äé🐦\u{2028}]{0,20}";
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        words.prop_map(Value::Text),
        "[0-9T:]{1,17}".prop_map(Value::Date),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((words, inner), 0..8).prop_map(|list| Value::Struct(
                list.into_iter().map(|(n, v)| (n.into(), v)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(value in values()) {
        let mut out = String::new();
        value.write(&mut out);
        prop_assert_eq!(one(&out), Ok(value));
    }

    #[test]
    fn no_bytes_make_it_fall_over(value in values(), at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let mut out = String::new();
        value.write(&mut out);
        let mut bytes = call(&format!("<param>{out}</param>")).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read(&bytes, None);
        bytes.truncate(cut.index(bytes.len()));
        prop_assert!(read(&bytes, None).is_err());
    }

    #[test]
    fn any_text_is_a_call_or_a_fault(text in "\\PC{0,200}|(<(/?)(methodCall|methodName|params|param|value|struct|member|name|array|data|int|base64)/?>|a|&|;|#){0,40}") {
        let _ = read(text.as_bytes(), None);
        let _ = Value::Text(text).moment(Some("Europe/Berlin"));
    }
}
