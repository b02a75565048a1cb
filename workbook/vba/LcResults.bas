Option Private Module
Option Explicit
' Results as Excel gets them. Python cannot return an error value, so it returns a marked text, which becomes one here.

' The first character of a marked text: a private-use character that no one types.
Private Const MARK As Long = 57598

Public Function LcDecoded(ByRef result As Variant) As Variant
    Select Case Dimensions(result)
        Case 0: LcDecoded = DecodedCell(result)
        Case 1: LcDecoded = DecodedRow(result)
        Case Else: LcDecoded = DecodedTable(result)
    End Select
End Function

Private Function DecodedRow(ByRef result As Variant) As Variant
    Dim cells() As Variant, column As Long
    ReDim cells(LBound(result) To UBound(result))
    For column = LBound(result) To UBound(result)
        cells(column) = DecodedCell(result(column))
    Next column
    DecodedRow = cells
End Function

Private Function DecodedTable(ByRef result As Variant) As Variant
    Dim cells() As Variant, row As Long, column As Long
    ReDim cells(LBound(result, 1) To UBound(result, 1), LBound(result, 2) To UBound(result, 2))
    For row = LBound(result, 1) To UBound(result, 1)
        For column = LBound(result, 2) To UBound(result, 2)
            cells(row, column) = DecodedCell(result(row, column))
        Next column
    Next row
    DecodedTable = cells
End Function

Private Function DecodedCell(ByVal value As Variant) As Variant
    DecodedCell = value
    If VarType(value) <> vbString Then Exit Function
    If Left$(value, 1) <> ChrW$(MARK) Then Exit Function
    Select Case Mid$(value, 2)
        Case "#NULL!": DecodedCell = CVErr(2000)
        Case "#DIV/0!": DecodedCell = CVErr(2007)
        Case "#VALUE!": DecodedCell = CVErr(2015)
        Case "#REF!": DecodedCell = CVErr(2023)
        Case "#NAME?": DecodedCell = CVErr(2029)
        Case "#NUM!": DecodedCell = CVErr(2036)
        Case "#N/A": DecodedCell = CVErr(2042)
    End Select
End Function

Private Function Dimensions(ByRef result As Variant) As Long
    Dim bound As Long
    If Not IsArray(result) Then Exit Function
    Dimensions = 1
    On Error GoTo oneOnly
    bound = UBound(result, 2)
    Dimensions = 2
oneOnly:
End Function
