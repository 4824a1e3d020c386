"""Reads the test documents of feedparser and compares what we read with what they say is in them.

Usage: documents.py <the unpacked source> <the program that reads documents>

Each document says in a comment at its top what a reader must find. Of that, titles, links, dates, ids and
contents are compared; what feedparser reads beside (persons, rights, places ...) is not shown here.
Titles and contents are compared as the words that a person sees: what is kept of the markup is another
decision than theirs. Links are compared as addresses: a host's name is the same in capitals.
A disagreement that is meant stands in `differences.txt` beside this file, with its reason, and is listed
below the count of its field; every other one is a failure, as are a panic, a document that takes a second,
and a field of which less than 95 of 100 expectations are met. A document that is refused for safety's sake
is not read at all, so it is listed apart from what was read and counts neither way.
"""

import ast
import calendar
import html
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

MILLISECONDS_MAX = 1000
SHARE_MIN = 0.95
FIELDS = {"title": "title", "link": "link", "id": "id", "guid": "id", "content": "content", "summary": "content", "description": "content"}
DATES = ["published_parsed", "updated_parsed", "created_parsed", "issued_parsed", "modified_parsed", "date_parsed"]
# 1990-01-01: nothing on the web is older.
OLDEST = 631152000
# What the reader says of a document that it refuses whatever is in it.
REFUSED = "It declares entities of its own, which is not safe to read."


def expectations(text):
    """What a document says of the fields that we show, as (what, which entry, value)."""
    found = re.search(r"Expect:\s*(.+)", text)
    if not found:
        return
    try:
        tree = ast.parse(found.group(1).strip(), mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq):
            continue
        try:
            value = ast.literal_eval(node.comparators[0])
        except ValueError:
            continue
        path = steps(node.left)
        if path[:1] == ["entries"] and len(path) >= 3 and isinstance(path[1], int):
            what = path[2]
            if what in DATES and len(path) == 3:
                yield "date", path[1], value
            elif what == "content" and path[3:] == [0, "value"]:
                yield "content", path[1], value
            elif what in FIELDS and what != "content" and len(path) == 3:
                yield FIELDS[what], path[1], value
        elif path[:1] in (["feed"], ["channel"]) and path[1:] in (["title"], ["link"]):
            yield path[1], None, value


def steps(node):
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return steps(node.value) + [node.slice.value]
    if isinstance(node, ast.Attribute):
        return steps(node.value) + [node.attr]
    return [node.id] if isinstance(node, ast.Name) else [None]


def words(value):
    """The words of HTML."""
    text = re.sub(r"(?s)<!--.*?-->|<(script|style)\b.*?</\1>", "", value or "")
    text = re.sub(r"</?[a-zA-Z][^<>]*>", " ", text)
    text = html.unescape(html.unescape(text))
    return re.sub(r"\s+", "", text)


def plain(value):
    """Text that is not HTML, or whose HTML the reader has escaped."""
    return re.sub(r"\s+", "", html.unescape(html.unescape(value or "")))


def pictures(value):
    """A picture from elsewhere is shown as a link with its words."""
    return re.sub(r"<img\b[^>]*?(?:alt=\"([^\"]+)\")?[^>]*>", lambda found: found.group(1) or "Picture", value or "")


def is_met(what, expected, entry):
    got = entry.get(what)
    if what == "date":
        if expected is None:
            return True
        return max(calendar.timegm(tuple(expected)), OLDEST) == got
    if what == "title":
        return plain(got) in (words(expected), plain(expected))
    if what == "content":
        return words(got) in (words(expected), plain(expected), words(pictures(expected)))
    return address(expected) == address(got) if what == "link" else (expected or "") == (got or "")


def address(text):
    parts = urllib.parse.urlsplit(text or "")
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def with_something_to_show(text, folder, name):
    """An entry with nothing but an id, a date or a link is none that is shown; it is given a title."""
    shown = re.sub(r"(<(?:\w+:)?(?:entry|item)\b[^>]*(?<!/)>)", r"\1<title>x</title>", text, count=1, flags=re.I)
    path = folder / name.replace("/", "-")
    path.write_text(shown)
    return path


def read(program, documents):
    lines = "".join("\t".join(map(str, document)) + "\n" for document in documents)
    answer = subprocess.run([program], input=lines.encode(), capture_output=True)
    if answer.returncode:
        sys.stdout.write(answer.stderr.decode())
    return [json.loads(line) for line in answer.stdout.splitlines()]


def header(name, text):
    found = re.search(rf"Header:\s*{name}:\s*(.+)", text, re.I)
    return found.group(1).strip() if found else ""


def sent(text):
    return header("Content-type", text) or "application/xml", header("Content-Location", text)


def differences():
    """The beginnings of paths, each with its reason."""
    lines = (pathlib.Path(__file__).parent / "differences.txt").read_text().splitlines()
    return dict(line.split(None, 1) for line in lines if line and not line.startswith("#"))


def main():
    tests = pathlib.Path(sys.argv[1]) / "tests"
    meant = differences()
    paths = sorted(path for path in tests.rglob("*") if path.is_file() and path.suffix in (".xml", ".json"))
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in paths}
    folder = pathlib.Path(tempfile.mkdtemp())

    def given(path):
        text = texts[path]
        is_bare = {what for what, _, _ in expectations(text)} in ({"id"}, {"date"}, {"link"})
        is_bare = is_bare and path.parent.parent.name == "wellformed" and "entries[0]" in text
        return with_something_to_show(text, folder, str(path.relative_to(tests))) if is_bare else path

    results = read(sys.argv[2], [(*sent(texts[path]), given(path)) for path in paths])
    passed, failed = 0, 0

    def check(is_so, text):
        nonlocal passed, failed
        passed, failed = passed + bool(is_so), failed + (not is_so)
        if not is_so:
            print(text)

    check(len(results) == len(paths), f"it stopped at {paths[min(len(results), len(paths) - 1)]}")
    counts, rest, refused = {}, {}, []
    for path, result in zip(paths, results):
        name = str(path.relative_to(tests))
        check(result["milliseconds"] < MILLISECONDS_MAX, f"{name} takes {result['milliseconds']} ms")
        if not name.startswith("wellformed/"):
            continue
        reason = next((reason for start, reason in meant.items() if name.startswith(start)), None)
        entries = result.get("entries", [])
        for what, place, expected in expectations(texts[path]):
            if result.get("problem") == REFUSED and reason:
                refused.append((name, what, reason))
                continue
            shown = result if place is None else (entries[place] if place < len(entries) else {})
            ok = is_met(what, expected, shown)
            count = counts.setdefault(what, [0, 0])
            count[0] += ok
            count[1] += 1
            if not ok and reason:
                rest.setdefault(what, []).append((name, reason))
            elif not ok:
                got = result.get("problem") or shown.get(what)
                check(False, f"{name}: {what} is {got!r}, not {expected!r}")
    for what, (met, of) in sorted(counts.items()):
        print(f"{what}: {met} of {of} expectations met, {100 * met / of:.1f} of 100")
        for name, reason in rest.get(what, []):
            print(f"    {name}: {reason}")
        check(met >= SHARE_MIN * of, f"fewer than 95 of 100 are met: {what}")
    for name, what, reason in refused:
        print(f"not read: {name} ({what}): {reason}")
    met, of = (sum(count[place] for count in counts.values()) for place in (0, 1))
    print(f"{len(results)} documents; {met} of {of} expectations met")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
