Option Explicit
' Excel without dynamic arrays: enter a formula of ours as an array formula of the size that its result has, or refit it.

Public Sub LcFitArray(ByVal control As Object)
    Dim old As Object, target As Object
    On Error GoTo failed
    If HasDynamicArrays() Then
        MsgBox LcText("arrays_spill"), vbInformation, LcText("title")
        Exit Sub
    End If
    Set old = Filled(ActiveCell)
    Set target = Wanted(old)
    If target Is Nothing Then
        MsgBox LcText("no_formula_here", old.Cells(1, 1).Address(False, False)), vbExclamation, LcText("title")
    ElseIf Len(old.Cells(1, 1).FormulaR1C1) > 255 Then
        MsgBox LcText("formula_too_long"), vbExclamation, LcText("title")
    ElseIf Occupied(target, old) Then
        MsgBox LcText("cells_occupied", target.Address(False, False)), vbExclamation, LcText("title")
    Else
        Enter old, target
    End If
    Exit Sub
failed:
    MsgBox Err.Description, vbCritical, LcText("title")
End Sub

Private Function HasDynamicArrays() As Boolean
    Dim spilled As Boolean, cell As Object
    Set cell = ThisWorkbook.Worksheets(1).Cells(1, 1)
    On Error GoTo unknown
    spilled = cell.HasSpill
    HasDynamicArrays = True
unknown:
End Function

Private Function Filled(ByVal cell As Object) As Object
    Set Filled = cell
    If cell.HasArray Then Set Filled = cell.CurrentArray
End Function

' The cells that the result needs, as Python knows them from computing it; Nothing where no formula of ours stands.
Private Function Wanted(ByVal old As Object) As Object
    Dim size As Variant
    size = LcCallPython("size", Array(LcPlaceOf(old)))
    If size(0) = 0 Then
        old.Calculate
        size = LcCallPython("size", Array(LcPlaceOf(old)))
    End If
    If size(0) > 0 Then Set Wanted = old.Cells(1, 1).Resize(size(0), size(1))
End Function

Private Function Occupied(ByVal target As Object, ByVal old As Object) As Boolean
    Dim own As Object
    Set own = Application.Intersect(target, old)
    Occupied = Application.WorksheetFunction.CountA(target) > Application.WorksheetFunction.CountA(own)
End Function

' If the new array cannot be entered (merged or protected cells), the old one is put back.
Private Sub Enter(ByVal old As Object, ByVal target As Object)
    Dim formula As String, reason As String, wasArray As Boolean
    wasArray = old.Cells(1, 1).HasArray
    formula = old.Cells(1, 1).FormulaR1C1
    old.ClearContents
    On Error GoTo restore
    target.FormulaArray = formula
    Exit Sub
restore:
    reason = Err.Description
    If wasArray Then
        old.FormulaArray = formula
    Else
        old.FormulaR1C1 = formula
    End If
    MsgBox reason, vbCritical, LcText("title")
End Sub
