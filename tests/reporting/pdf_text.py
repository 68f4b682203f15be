"""The text of a PDF that typst wrote: content streams read through each font's ToUnicode map."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)endobj", re.S)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.S)
HEX = re.compile(rb"<([0-9A-Fa-f]+)>")
FONT = re.compile(rb"/(f\d+) [\d.]+ Tf")
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(raw: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        said = match[1]
        if said[:1].isdigit():
            return bytes([int(said, 8)])
        return LETTERS.get(said, said)

    return ESCAPE.sub(one, raw)


def _strings(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every string that is shown, with its font. Parentheses in a string may stand in pairs."""
    font, at = "", 0
    while at < len(content):
        if content[at : at + 1] == b"/" and (match := FONT.match(content, at)):
            font, at = match[1].decode(), match.end() - 1
        elif content[at : at + 1] == b"(":
            start, depth = at + 1, 1
            while depth:
                at += 1
                letter = content[at : at + 1]
                if letter == b"\\":
                    at += 1
                else:
                    depth += (letter == b"(") - (letter == b")")
            yield font, _unescaped(content[start:at])
        elif match := HEX.match(content, at):
            yield font, bytes.fromhex(match[1].decode())
            at = match.end() - 1
        at += 1


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    return zlib.decompress(found[1]) if found else b""


def _map_of(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})>\s*<((?:[0-9A-F]{4})+)>\n", cmap)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def text_of(pdf: bytes) -> str:
    """Every text of every page in the order in which it is drawn, without white space."""
    objects = {int(m[1]): m[2] for m in OBJECT.finditer(pdf)}
    parts: list[str] = []
    for body in objects.values():
        page = re.search(rb"/Type/Page/Resources (\d+) 0 R.*?/Contents (\d+) 0 R", body, re.S)
        if not page:
            continue
        maps = _fonts(objects, objects[int(page[1])])
        for font, raw in _strings(_stream(objects[int(page[2])])):
            codes = [int.from_bytes(raw[i : i + 2]) for i in range(0, len(raw), 2)]
            parts.append("".join(maps.get(font, {}).get(code, "") for code in codes))
    return "".join("".join(parts).split())


def _fonts(objects: dict[int, bytes], resources: bytes) -> dict[str, dict[int, str]]:
    found = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources):
        reference = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        if reference:
            found[name.decode()] = _map_of(_stream(objects[int(reference[1])]))
    return found
