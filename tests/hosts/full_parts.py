"""The parts of a workbook that openpyxl does not write, by hand."""

from __future__ import annotations

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_XDR = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
_THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"

UI = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
PERSON = "http://schemas.microsoft.com/office/2017/10/relationships/person"
THREAD_OF = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
SLICER_CACHE_OF = "http://schemas.microsoft.com/office/2007/relationships/slicerCache"
TIMELINE_CACHE_OF = "http://schemas.microsoft.com/office/2011/relationships/timelineCache"
TIMELINE_OF = "http://schemas.microsoft.com/office/2011/relationships/timeline"
SLICER_OF = "http://schemas.microsoft.com/office/2007/relationships/slicer"

CT_CUSTOM = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
CT_PROPS = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
CT_PERSONS = "application/vnd.ms-excel.person+xml"
CT_THREAD = "application/vnd.ms-excel.threadedcomments+xml"
CT_CONNECTIONS = f"{_SHEET_ML}.connections+xml"
CT_EXTERNAL = f"{_SHEET_ML}.externalLink+xml"
CT_CACHE = f"{_SHEET_ML}.pivotCacheDefinition+xml"
CT_RECORDS = f"{_SHEET_ML}.pivotCacheRecords+xml"
CT_PIVOT = f"{_SHEET_ML}.pivotTable+xml"
CT_SLICES = "application/vnd.ms-excel.slicerCache+xml"
CT_SLICER = "application/vnd.ms-excel.slicer+xml"
CT_TIMES = "application/vnd.ms-excel.timelineCache+xml"
CT_TIMELINE = "application/vnd.ms-excel.timeline+xml"
CT_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
CT_CONTROL = "application/vnd.ms-excel.controlproperties+xml"
CT_COMMENTS = f"{_SHEET_ML}.comments+xml"
CT_QUERY = f"{_SHEET_ML}.queryTable+xml"
CT_STRINGS = f"{_SHEET_ML}.sharedStrings+xml"

CUSTOM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="课题"><vt:lpwstr>低碳</vt:lpwstr></property>'
    "</Properties>"
)
RIBBON = (
    '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon><tabs><tab id="t" label="我的">'
    "</tab></tabs></ribbon></customUI>"
)
ITEM = '<课题 xmlns="urn:我的"><年>2020</年></课题>'
ITEM_PROPS = (
    '<ds:datastoreItem xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml" '
    'ds:itemID="{11111111-2222-3333-4444-555555555555}"><ds:schemaRefs/></ds:datastoreItem>'
)
PERSONS = (
    f'<personList xmlns="{_THREADS}"><person displayName="张三" id="{{AAAAAAAA-0000-0000-0000-000000000001}}" '
    'userId="u" providerId="None"/></personList>'
)
CONNECTIONS = (
    f'<connections {_MAIN}><connection id="1" name="查询" type="5" refreshedVersion="6" background="1">'
    '<dbPr connection="Provider=X" command="SELECT 1"/></connection></connections>'
)
EXTERNAL = (
    f'<externalLink {_MAIN} {_R}><externalBook r:id="rId1"><sheetNames><sheetName val="表"/></sheetNames>'
    "</externalBook></externalLink>"
)
EXTERNAL_REFERENCES = f'<externalReferences {_MAIN} {_R}><externalReference r:id="{{}}"/></externalReferences>'

CACHE = (
    f'<pivotCacheDefinition {_MAIN} {_R} r:id="rId1" refreshedBy="u" refreshedDate="45000" createdVersion="6" '
    'refreshedVersion="6" minRefreshableVersion="3" recordCount="4"><cacheSource type="worksheet">'
    '<worksheetSource ref="A1:C5" sheet="数据"/></cacheSource><cacheFields count="3"><cacheField name="地区" numFmtId="0">'
    '<sharedItems count="2"><s v="东"/><s v="西"/></sharedItems></cacheField><cacheField name="日期" numFmtId="14">'
    '<sharedItems containsSemiMixedTypes="0" containsNonDate="0" containsDate="1" containsString="0" '
    'minDate="2020-01-01T00:00:00" maxDate="2020-04-02T00:00:00"/></cacheField><cacheField name="金额" numFmtId="0">'
    '<sharedItems containsSemiMixedTypes="0" containsString="0" containsNumber="1" containsInteger="1" minValue="1" '
    'maxValue="4"/></cacheField></cacheFields></pivotCacheDefinition>'
)
RECORDS = (
    f'<pivotCacheRecords {_MAIN} count="4">'
    + "".join(f'<r><x v="{n % 2}"/><d v="2020-0{n + 1}-01T00:00:00"/><n v="{n + 1}"/></r>' for n in range(4))
    + "</pivotCacheRecords>"
)
PIVOT = (
    f'<pivotTableDefinition {_MAIN} name="透视表1" cacheId="7" applyNumberFormats="0" applyBorderFormats="0" '
    'applyFontFormats="0" applyPatternFormats="0" applyAlignmentFormats="0" applyWidthHeightFormats="1" dataCaption="值" '
    'updatedVersion="6" minRefreshableVersion="3" useAutoFormatting="1" itemPrintTitles="1" createdVersion="6" '
    'indent="0" outline="1" outlineData="1" multipleFieldFilters="0"><location ref="A3:B6" firstHeaderRow="1" '
    'firstDataRow="1" firstDataCol="1"/><pivotFields count="3"><pivotField axis="axisRow" showAll="0"><items count="3">'
    '<item x="0"/><item x="1"/><item t="default"/></items></pivotField><pivotField numFmtId="14" showAll="0"/>'
    '<pivotField dataField="1" showAll="0"/></pivotFields><rowFields count="1"><field x="0"/></rowFields>'
    '<rowItems count="3"><i><x/></i><i><x v="1"/></i><i t="grand"><x/></i></rowItems><colItems count="1"><i/></colItems>'
    '<dataFields count="1"><dataField name="求和项:金额" fld="2" baseField="0" baseItem="0"/></dataFields>'
    '<pivotTableStyleInfo name="PivotStyleLight16" showRowHeaders="1" showColHeaders="1" showRowStripes="0" '
    'showColStripes="0" showLastColumn="1"/></pivotTableDefinition>'
)
PIVOT_CACHES = f'<pivotCaches {_MAIN} {_R}><pivotCache cacheId="7" r:id="{{}}"/></pivotCaches>'
SLICER_CACHE = (
    f'<slicerCacheDefinition xmlns="{_X14}" name="切片器_地区" sourceName="地区"><pivotTables>'
    '<pivotTable tabId="2" name="透视表1"/></pivotTables><data><tabular pivotCacheId="7"><items count="2">'
    '<i x="0" s="1"/><i x="1" s="1"/></items></tabular></data></slicerCacheDefinition>'
)
SLICER = (
    f'<slicers xmlns="{_X14}"><slicer name="地区" cache="切片器_地区" caption="地区" rowHeight="241300"/></slicers>'
)
TIMELINE_CACHE = (
    f'<timelineCacheDefinition xmlns="{_X15}" name="日程表_日期" sourceName="日期"><pivotTables><pivotTable tabId="2" '
    'name="透视表1"/></pivotTables><state minimalRefreshVersion="6" lastRefreshVersion="6" pivotCacheId="7" '
    'filterType="unknown"><bounds startDate="2020-01-01T00:00:00" endDate="2021-01-01T00:00:00"/></state>'
    "</timelineCacheDefinition>"
)
TIMELINE = (
    f'<timelines xmlns="{_X15}"><timeline name="日期" cache="日程表_日期" caption="日期" level="2" selectionLevel="2"/>'
    "</timelines>"
)
BOOK_EXTENSIONS = (
    f'<extLst {_MAIN} {_R}><ext xmlns:x14="{_X14}" uri="{{{{BBE1A952-AA13-448e-AADC-164F8A28A991}}}}">'
    '<x14:slicerCaches><x14:slicerCache r:id="{}"/></x14:slicerCaches></ext>'
    f'<ext xmlns:x15="{_X15}" uri="{{{{D0CA8CA8-9F24-4464-BF8E-62219DCF47F9}}}}"><x15:timelineCacheRefs>'
    '<x15:timelineCacheRef r:id="{}"/></x15:timelineCacheRefs></ext></extLst>'
)
PIVOT_EXTENSIONS = (
    f'<extLst {_MAIN} {_R}><ext xmlns:x14="{_X14}" uri="{{{{A8765BA9-456A-4dab-B4F3-ACF838C121DE}}}}">'
    '<x14:slicerList><x14:slicer r:id="{}"/></x14:slicerList></ext>'
    f'<ext xmlns:x15="{_X15}" uri="{{{{7E03D99C-DC04-49d9-9315-930204A7B6E9}}}}"><x15:timelineRefs>'
    '<x15:timelineRef r:id="{}"/></x15:timelineRefs></ext></extLst>'
)
_FROM_TO = (
    "<xdr:from><xdr:col>{0}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
    "<xdr:to><xdr:col>{1}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>6</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
)
_RECTANGLE = (
    '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="{0}" name="{1}"/><xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="9525" cy="9525"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>'
    "</xdr:sp>"
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
_PICTURE = (
    f'<xdr:pic {_R}><xdr:nvPicPr><xdr:cNvPr id="23" name="照片"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
    '<a:blip r:embed="{picture}"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="9525" cy="9525"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>'
    "</xdr:pic>"
)
SHAPES = (
    f"<list {_XDR} {_A} {_MC}><xdr:twoCellAnchor>{_FROM_TO.format(8, 10)}{_RECTANGLE.format(21, '我的框')}<xdr:clientData/>"
    f"</xdr:twoCellAnchor><xdr:twoCellAnchor>{_FROM_TO.format(3, 5)}{_PICTURE}<xdr:clientData/>"
    f"</xdr:twoCellAnchor><xdr:twoCellAnchor>{_FROM_TO.format(11, 13)}<mc:AlternateContent><mc:Choice "
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" Requires="a14"><xdr:graphicFrame macro="">'
    '<xdr:nvGraphicFramePr><xdr:cNvPr id="22" name="地区"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData '
    'uri="http://schemas.microsoft.com/office/drawing/2010/slicer"><sle:slicer '
    'xmlns:sle="http://schemas.microsoft.com/office/drawing/2010/slicer" name="地区"/></a:graphicData></a:graphic>'
    f"</xdr:graphicFrame></mc:Choice><mc:Fallback>{_RECTANGLE.format(0, '')}</mc:Fallback></mc:AlternateContent>"
    "<xdr:clientData/></xdr:twoCellAnchor></list>"
)

_NOTE_SHAPE = (
    '<v:shape id="_x0000_s1025" type="#_x0000_t202" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:textbox><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
    "<x:Row>1</x:Row><x:Column>1</x:Column></x:ClientData></v:shape>"
)
_CONTROL_SHAPE = (
    '<v:shape id="_x0000_s1026" type="#_x0000_t201" style="position:absolute" filled="f" stroked="f"><v:textbox><div>'
    '<font face="Tahoma">勾选</font></div></v:textbox><x:ClientData ObjectType="Checkbox">'
    "<x:Anchor>1, 0, 8, 0, 2, 0, 9, 0</x:Anchor><x:FmlaLink>$H$1</x:FmlaLink><x:NoThreeD/></x:ClientData></v:shape>"
)
VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/></v:shapetype><v:shapetype id="_x0000_t201" '
    'coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/></v:shapetype>'
    f"{_NOTE_SHAPE}{_CONTROL_SHAPE}</xml>"
)
LEGACY = f'<legacyDrawing {_MAIN} {_R} r:id="{{}}"/>'
CONTROL = f'<formControlPr xmlns="{_X14}" objectType="CheckBox" fmlaLink="$H$1" lockText="1" noThreeD="1"/>'
_CELLS = "".join(
    f"<{tag}><xdr:col>{n}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{n + 7}</xdr:row><xdr:rowOff>0</xdr:rowOff></{tag}>"
    for n, tag in enumerate(("from", "to"), 1)
)
CONTROLS = (
    f'<mc:AlternateContent {_MC}><mc:Choice Requires="x14" xmlns:x14="{_X14}"><controls {_MAIN}><mc:AlternateContent>'
    f'<mc:Choice Requires="x14"><control {_R} {_XDR} shapeId="1026" r:id="{{}}" name="勾选框"><controlPr defaultSize="0" '
    f'autoFill="0" autoLine="0" autoPict="0"><anchor moveWithCells="1">{_CELLS}</anchor></controlPr></control>'
    "</mc:Choice></mc:AlternateContent></controls></mc:Choice></mc:AlternateContent>"
)
COMMENTS = (
    f"<comments {_MAIN}><authors><author>tc={{BBBBBBBB-0000-0000-0000-000000000001}}</author></authors><commentList>"
    '<comment ref="B2" authorId="0"><text><r><rPr><b/><sz val="9"/></rPr><t>会话</t></r><r><t>：为什么是 2？</t></r></text>'
    "</comment></commentList></comments>"
)
THREAD = (
    f'<ThreadedComments xmlns="{_THREADS}"><threadedComment ref="B2" dT="2024-01-01T00:00:00.00" '
    'personId="{AAAAAAAA-0000-0000-0000-000000000001}" id="{BBBBBBBB-0000-0000-0000-000000000001}">'
    "<text>为什么是 2？</text></threadedComment></ThreadedComments>"
)
PROPERTIES = f'<ignoredErrors {_MAIN}><ignoredError sqref="A2:C3" numberStoredAsText="1"/></ignoredErrors>'
SHEET_EXTENSIONS = (
    f'<extLst {_MAIN}><ext xmlns:x14="{_X14}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}">'
    f'<x14:conditionalFormattings><x14:conditionalFormatting {_XM}><x14:cfRule type="dataBar" '
    'id="{CCCCCCCC-0000-0000-0000-000000000001}"><x14:dataBar minLength="0" maxLength="100"><x14:cfvo type="autoMin"/>'
    '<x14:cfvo type="autoMax"/><x14:negativeFillColor rgb="FFFF0000"/><x14:axisColor rgb="FF000000"/></x14:dataBar>'
    "</x14:cfRule><xm:sqref>A2:C2</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    f'<ext xmlns:x14="{_X14}" uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}"><x14:dataValidations {_XM} count="1">'
    '<x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>数据!$A$2:$A$3</xm:f></x14:formula1>'
    "<xm:sqref>E2</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
    f'<ext xmlns:x14="{_X14}" uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}"><x14:sparklineGroups {_XM}>'
    '<x14:sparklineGroup displayEmptyCellsAs="gap"><x14:colorSeries rgb="FF376092"/><x14:sparklines><x14:sparkline>'
    "<xm:f>控件!A2:C2</xm:f><xm:sqref>D2</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
    "</x14:sparklineGroups></ext></extLst>"
)
QUERY = (
    f'<queryTable {_MAIN} name="查询" connectionId="1" autoFormatId="16" applyNumberFormats="0" applyBorderFormats="0" '
    'applyFontFormats="0" applyPatternFormats="0" applyAlignmentFormats="0" applyWidthHeightFormats="0">'
    '<queryTableRefresh nextId="3"><queryTableFields count="2"><queryTableField id="1" name="查询" tableColumnId="1"/>'
    '<queryTableField id="2" name="结果" tableColumnId="2"/></queryTableFields></queryTableRefresh></queryTable>'
)
STRINGS = (
    f'<sst {_MAIN} count="2" uniqueCount="1"><si><r><rPr><b/><sz val="11"/><color rgb="FFFF0000"/></rPr><t>红</t></r>'
    "<r><t>与黑</t></r></si></sst>"
)
