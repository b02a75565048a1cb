Option Private Module
Option Explicit
' Excel without dynamic arrays: enter a formula of ours as an array formula of the size that its result has, or refit it.

' Fits the array that a cell belongs to; why not, where it cannot, and then nothing has changed.
Public Function LcFitted(ByVal cell As Object) As String
    Dim old As Object, target As Object
    Set old = LcArrayOf(cell)
    Set target = Wanted(old)
    If target Is Nothing Then
        LcFitted = LcText("no_formula_here", old.Cells(1, 1).Address(False, False))
    ElseIf Len(LcFormulaOf(old.Cells(1, 1))) > 255 Then
        LcFitted = LcText("formula_too_long")
    ElseIf Occupied(target, old) Then
        LcFitted = LcText("cells_occupied", target.Address(False, False))
    Else
        LcFitted = Entered(old, target)
    End If
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
Private Function Entered(ByVal old As Object, ByVal target As Object) As String
    Dim formula As String, wasArray As Boolean
    formula = LcFormulaOf(old.Cells(1, 1))
    wasArray = LcIsArray(old.Cells(1, 1))
    old.ClearContents
    On Error GoTo restore
    target.FormulaArray = formula
    Exit Function
restore:
    Entered = Err.Description
    If wasArray Then
        old.FormulaArray = formula
    Else
        old.Formula = formula
    End If
End Function
