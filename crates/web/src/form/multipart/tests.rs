//! The same form arrives whole, in pieces of every length, and broken off.

use super::*;
use futures_executor::block_on;
use futures_util::stream;

const TYPE: &str = "multipart/form-data; charset=utf-8; boundary=\"b 1\"";
const ROOMY: usize = 64 << 20;

const WHOLE: &[u8] = b"for nobody\r\n\r\n--b 1 \t\r\n\
    content-disposition: form-data; name=text\r\n\r\n\
    two\r\nlines\r\n--b 2\r\n-\r\n\
    --b 1\r\nContent-Type: image/jpeg\r\n\
    Content-Disposition: form-data; name=\"photo[]\"; filename=\"a;\\\"b\\\".jpg\"\r\n\r\n\
    \xff\xd8\r\n--b\r\n\
    --b 1\r\nContent-Disposition: form-data; name=\"photo\"; filename*=UTF-8''%C3%A9.png\r\n\r\n\
    \x89PNG\r\n\
    --b 1\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n\r\n\r\n\
    --b 1\r\n\r\nno head\r\n\
    --b 1--\r\nfor nobody";

fn in_pieces(bytes: &[u8], length: usize) -> Body {
    let pieces: Vec<_> =
        bytes.chunks(length).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Body::Stream(Box::pin(stream::iter(pieces)))
}

fn read(bytes: &[u8]) -> Result<Form> {
    block_on(super::read(TYPE, Bytes::copy_from_slice(bytes).into(), ROOMY, bytes.len()))
}

fn part(head: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("--b 1\r\nContent-Disposition: form-data; {head}\r\n\r\n");
    [head.as_bytes(), content, b"\r\n"].concat()
}

fn check(form: &Form, about: usize) {
    assert_eq!(form.text("text"), "two\r\nlines\r\n--b 2\r\n-", "{about}");
    assert_eq!(form.text(""), "no head", "{about}");
    let files: Vec<_> = form
        .files("photo")
        .map(|file| (&*file.file_name, &*file.content_type, &*file.bytes))
        .collect();
    let expected =
        [("a;\"b\".jpg", "image/jpeg", &b"\xff\xd8\r\n--b"[..]), ("é.png", "", b"\x89PNG")];
    assert_eq!(files, expected, "{about}");
}

#[test]
fn a_form_is_the_same_in_pieces_of_any_length() {
    check(&read(WHOLE).unwrap(), 0);
    for length in 1..WHOLE.len() {
        for promised in [0, WHOLE.len(), 7] {
            let body = in_pieces(WHOLE, length);
            check(&block_on(super::read(TYPE, body, ROOMY, promised)).unwrap(), length);
        }
    }
}

#[test]
fn a_form_that_broke_off_is_refused() {
    let end = WHOLE.windows(7).position(|window| window == b"--b 1--").unwrap() + 7;
    for length in 0..end {
        let problem = read(&WHOLE[..length]).map(|_| ()).unwrap_err();
        assert!(matches!(&problem, Error::Invalid(words) if words.contains("whole")), "{length}");
    }
    for content_type in ["multipart/form-data", "multipart/form-data; boundary=\"\""] {
        let body = Bytes::from_static(WHOLE).into();
        assert!(block_on(super::read(content_type, body, ROOMY, 0)).is_err(), "{content_type}");
    }
}

#[test]
fn more_than_is_allowed_is_refused_before_it_has_all_come() {
    let file = part("name=f; filename=f", &[b'x'; 4000]);
    let endless = stream::iter(std::iter::once(file).chain(std::iter::repeat(vec![b'x'; 1000])));
    let body = Body::Stream(Box::pin(futures_util::StreamExt::map(endless, |b| Ok(b.into()))));
    let problem = block_on(super::read(TYPE, body, 1 << 20, 0)).map(|_| ());
    assert_eq!(problem, Err(Error::TooLarge));
}

#[test]
fn what_is_refused_is_read_to_its_end_so_that_the_answer_is_seen() {
    let whole = [&part("name=t", &vec![b'x'; 3 << 20])[..], b"--b 1--\r\n"].concat();
    let left = std::rc::Rc::new(std::cell::Cell::new(whole.len()));
    let counted = left.clone();
    let pieces: Vec<Vec<u8>> = whole.chunks(10_000).map(<[u8]>::to_vec).collect();
    let pieces = stream::iter(pieces.into_iter().map(move |piece| {
        counted.set(counted.get() - piece.len());
        Ok(Bytes::from(piece))
    }));
    let body = Body::Stream(Box::pin(pieces));
    let problem = block_on(super::read(TYPE, body, ROOMY, 0)).map(|_| ());
    assert_eq!((problem, left.get()), (Err(Error::TooLarge), 0));
}

#[test]
fn fields_heads_and_their_number_have_bounds() {
    let last = b"--b 1--\r\n";
    let text = |length: usize| [&part("name=t", &vec![b'x'; length])[..], last].concat();
    assert_eq!(read(&text(2 << 20)).unwrap().text("t").len(), 2 << 20);
    assert_eq!(read(&text((2 << 20) + 1)).map(|_| ()), Err(Error::TooLarge));

    let head = part(&format!("name={}", "x".repeat(9000)), b"");
    assert!(read(&[&head[..], last].concat()).is_err());
    let fields = |count: usize| [&part("name=c", b"x").repeat(count)[..], last].concat();
    assert_eq!(read(&fields(1000)).unwrap().all("c").count(), 1000);
    assert!(read(&fields(1001)).is_err());
}

#[test]
fn a_large_file_arrives_whole() {
    let content: Vec<u8> = (0..9_000_000_u32).map(|n| (n % 251) as u8).collect();
    let whole = [&part("name=f; filename=f", &content)[..], b"--b 1--\r\n"].concat();
    for promised in [0, whole.len()] {
        let body = in_pieces(&whole, 16_384);
        let form = block_on(super::read(TYPE, body, ROOMY, promised)).unwrap();
        assert!(form.file("f").unwrap().bytes == content);
    }
}
