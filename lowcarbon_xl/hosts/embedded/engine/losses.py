"""What a workbook would lose on its way through openpyxl."""

from __future__ import annotations

import re

from lowcarbon_xl.errors import Text
from lowcarbon_xl.hosts.embedded.files import Parts

_KINDS: tuple[tuple[str, Text], ...] = (
    (r"xl/charts/|xl/chartsheets/|xl/chartEx", Text("图表", "charts")),
    (r"xl/media/", Text("图片", "pictures")),
    (r"xl/diagrams/|xl/drawings/drawing", Text("形状和图形", "shapes and drawings")),
    (r"xl/pivot", Text("数据透视表", "pivot tables")),
    (r"xl/slicer|xl/timeline", Text("切片器", "slicers")),
    (r"xl/ctrlProps/|xl/activeX/", Text("窗体控件", "form controls")),
    (r"customXml/", Text("自定义 XML", "custom XML")),
    (r"customUI/", Text("自定义功能区", "a custom ribbon")),
    (r"xl/connections|xl/queryTables/|xl/model/", Text("数据连接和查询", "data connections and queries")),
    (r"xl/threadedComments/", Text("批注会话", "threaded comments")),
    (r"xl/richData/", Text("富数据", "rich data")),
    (r"xl/embeddings/", Text("嵌入的文件", "embedded files")),
    (r"_xmlsignatures/", Text("数字签名", "a digital signature")),
)


def losses(parts: Parts) -> list[tuple[Text, list[str]]]:
    """What openpyxl would drop or change, with the parts of the package that hold it.

    A VBA project is not among them: it is kept as it is.
    """
    found = []
    for pattern, name in _KINDS:
        hit = sorted(part for part in parts if re.match(pattern, part) and "/_rels/" not in part)
        if hit:
            found.append((name, hit))
    return found
