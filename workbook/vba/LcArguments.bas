Option Private Module
Option Explicit
' Arguments as Python gets them: the values of a range, and where they stand.

' A range gives its values and Array(book, sheet, row, column, merged); anything else gives itself and no place.
Public Sub LcTakeValue(ByVal given As Variant, ByRef value As Variant, ByRef place As Variant)
    If IsObject(given) Then
        TakeRange given, value, place
    Else
        value = given
    End If
End Sub

Private Sub TakeRange(ByVal given As Object, ByRef value As Variant, ByRef place As Variant)
    Dim area As Object
    If given.Areas.Count > 1 Then
        place = Array(given.Areas.Count)
        Exit Sub
    End If
    Set area = Used(given)
    value = area.Value
    place = Array(LcBookOf(area), area.Worksheet.Name, area.Row, area.Column, Merged(area))
End Sub

' A reference gives besides: the formula that fills its first cell, and the row and column where that formula stands.
Public Sub LcTakeReference(ByVal given As Variant, ByRef value As Variant, ByRef place As Variant)
    Dim owner As Object
    LcTakeValue given, value, place
    If IsObject(given) Then
        If given.Areas.Count = 1 Then
            Set owner = LcOwner(given.Cells(1, 1))
            place = Array(place(0), place(1), place(2), place(3), place(4), LcFormulaOf(owner), owner.Row, owner.Column)
        End If
    End If
End Sub

' Array(book, sheet, row, column, rows, columns, formula) of the cell that calls; Empty when no cell does.
Public Function LcCallerPlace() As Variant
    Dim caller As Object
    Set caller = LcCaller()
    If Not caller Is Nothing Then LcCallerPlace = LcPlaceOf(caller)
End Function

Public Function LcPlaceOf(ByVal area As Object) As Variant
    LcPlaceOf = Array(LcBookOf(area), area.Worksheet.Name, area.Row, area.Column, _
        area.Rows.Count, area.Columns.Count, LcFormulaOf(area.Cells(1, 1)))
End Function

' Whole columns end where the sheet's used cells end; the upper left cell always stays.
Private Function Used(ByVal area As Object) As Object
    Dim all As Object, rowCount As Long, columnCount As Long
    Set all = area.Worksheet.UsedRange
    rowCount = Within(all.Row + all.Rows.Count - area.Row, area.Rows.Count)
    columnCount = Within(all.Column + all.Columns.Count - area.Column, area.Columns.Count)
    Set Used = area.Resize(rowCount, columnCount)
End Function

Private Function Within(ByVal wanted As Long, ByVal most As Long) As Long
    Within = wanted
    If Within > most Then Within = most
    If Within < 1 Then Within = 1
End Function

' Addresses of merged ranges that touch the area, separated by semicolons.
Private Function Merged(ByVal area As Object) As String
    Dim strip As Object, cell As Object, found As String
    If Not AnyMerged(area) Then Exit Function
    For Each strip In area.Rows
        If AnyMerged(strip) Then
            For Each cell In strip.Cells
                If cell.MergeCells Then
                    found = cell.MergeArea.Address(False, False)
                    If InStr(";" & Merged & ";", ";" & found & ";") = 0 Then Merged = Merged & ";" & found
                End If
            Next cell
        End If
    Next strip
    If Merged <> "" Then Merged = Mid$(Merged, 2)
End Function

' MergeCells is Null where some cells are merged and others are not.
Private Function AnyMerged(ByVal area As Object) As Boolean
    Dim answer As Variant
    answer = area.MergeCells
    If IsNull(answer) Then
        AnyMerged = True
    Else
        AnyMerged = answer
    End If
End Function
