"""Notes that a macro wrote, changed or took away; the other notes and the controls in the same drawing stay."""

from __future__ import annotations

import re

from lxml import etree

from lowcarbon_xl.hosts.embedded.engine.graft.links import address
from lowcarbon_xl.hosts.embedded.engine.graft.package import Package, insert_in_order
from lowcarbon_xl.hosts.embedded.engine.graft.schema import WORKSHEET
from lowcarbon_xl.hosts.embedded.engine.graft.state import Key, Note, SheetState
from lowcarbon_xl.hosts.embedded.files import unreadable_part
from lowcarbon_xl.hosts.embedded.parts import MAIN, OFFICE, split_address
from lowcarbon_xl.hosts.embedded.sheetpatch import escape_text

_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_LEGACY = f"{{{MAIN}}}legacyDrawing"
_ID = f"{{{OFFICE}}}id"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

_SHAPE = re.compile(rb"<v:shape\b(?:(?!</v:shape>).)*</v:shape>\s*", re.DOTALL)
_NUMBER = re.compile(rb"_x0000_s(\d+)")
_FIRST_SHAPE = 1025
_EMPTY_VML = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    b"</o:shapelayout></xml>"
)
_SHAPE_TYPE = (
    b'<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_NOTE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{number}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:{width:g}px;height:{height:g}px;z-index:1;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
    '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def graft_notes(package: Package, part: str, root: etree._Element, before: SheetState, after: SheetState) -> None:
    """Put changed notes into the parts of a worksheet that hold notes."""
    changed = before.changed_notes(after)
    if not changed:
        return
    _graft_texts(package, part, changed, after)
    _graft_shapes(package, part, root, before, after)


def _graft_texts(package: Package, part: str, changed: list[Key], after: SheetState) -> None:
    """The texts, in the order of rows."""
    known = package.related(part, "comments")
    name = known[0] if known else package.free("xl/comments{}.xml")[0]
    empty = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
    comments = package.xml(name) if known else etree.fromstring(empty)
    texts = comments.find(f"{{{MAIN}}}commentList")
    authors = comments.find(f"{{{MAIN}}}authors")
    if texts is None or authors is None:
        raise unreadable_part(package.path, name, "no list of comments")
    for key in changed:
        for old in [text for text in texts if split_address(str(text.get("ref"))) == key]:
            texts.remove(old)
        if key in after.notes:
            following = (text for text in texts if split_address(str(text.get("ref"))) > key)
            made = _text(key, after.notes[key], authors)
            place = next(following, None)
            if place is None:
                texts.append(made)
            else:
                place.addprevious(made)
    if not len(texts):
        for number in [n for n, (kind, _) in package.relations(part).items() if kind == "comments"]:
            package.unrelate(part, number)
        return
    package.put(name, comments)
    if not known:
        package.add(name, package.parts[name], _COMMENTS)
        package.relate(part, "comments", name)


def _text(key: Key, note: Note, authors: etree._Element) -> etree._Element:
    names = [author.text or "" for author in authors]
    if note.author not in names:
        names.append(note.author)
        etree.SubElement(authors, f"{{{MAIN}}}author").text = note.author
    comment = etree.Element(f"{{{MAIN}}}comment", ref=address(key), authorId=str(names.index(note.author)))
    text = etree.SubElement(etree.SubElement(comment, f"{{{MAIN}}}text"), f"{{{MAIN}}}t")
    text.text = escape_text(note.text)
    text.set(_SPACE, "preserve")
    return comment


def _graft_shapes(package: Package, part: str, root: etree._Element, before: SheetState, after: SheetState) -> None:
    """The yellow boxes; edited as text, since what programs write here is not always well-formed."""
    sizes = {key: _size(before.notes.get(key)) for key in before.notes.keys() | after.notes.keys()}
    resized = {key for key, size in sizes.items() if size != _size(after.notes.get(key))}
    gone = resized & before.notes.keys()
    new = {key: after.notes[key] for key in sorted(resized & after.notes.keys())}
    mark = root.find(_LEGACY)
    number = str(mark.get(_ID)) if mark is not None else ""
    name = package.relations(part).get(number, ("", ""))[1]
    vml = package.parts.get(name, _EMPTY_VML)
    vml = _SHAPE.sub(lambda found: b"" if _place(found[0]) in gone else found[0], vml)
    vml = _with_shapes(package, name, vml, new)
    if name not in package.parts:
        name = package.free("xl/drawings/vmlDrawing{}.vml")[0]
        package.add(name, vml, _VML)
        mark = etree.Element(_LEGACY)
        mark.set(_ID, package.relate(part, "vmlDrawing", name))
        insert_in_order(root, mark, WORKSHEET)
    elif b"<v:shape " in vml:
        package.parts[name] = vml
    elif mark is not None:
        root.remove(mark)
        package.unrelate(part, number)


def _place(shape: bytes) -> Key | None:
    """The cell whose note a shape shows."""
    row, column = (re.search(rb"<x:%s>\s*(\d+)\s*</x:%s>" % (tag, tag), shape) for tag in (b"Row", b"Column"))
    if b'ObjectType="Note"' not in shape or row is None or column is None:
        return None
    return int(row[1]) + 1, int(column[1]) + 1


def _size(note: Note | None) -> tuple[float, float] | None:
    return None if note is None else (note.height, note.width)


def _with_shapes(package: Package, name: str, vml: bytes, notes: dict[Key, Note]) -> bytes:
    if not notes:
        return vml
    head, end, tail = vml.rpartition(b"</xml>")
    if not end:
        raise unreadable_part(package.path, name, "not a drawing of notes")
    if not re.search(rb"<v:shapetype\b[^>]*\bid=\"_x0000_t202\"", head):
        head += _SHAPE_TYPE
    first = max((int(number) for number in _NUMBER.findall(head)), default=_FIRST_SHAPE) + 1
    shapes = (
        _NOTE.format(number=number, row=row - 1, column=column - 1, height=note.height, width=note.width)
        for number, ((row, column), note) in enumerate(notes.items(), start=first)
    )
    return head + "".join(shapes).encode() + end + tail
