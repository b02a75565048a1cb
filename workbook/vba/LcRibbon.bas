Option Explicit
' The ribbon's callbacks. A control's tag holds its texts: label, screentip and supertip, each in Chinese and in English.

Private ribbon As Object

Public Sub LcRibbonLoaded(ByVal loaded As Object)
    Set ribbon = loaded
End Sub

Public Sub LcLabel(ByVal control As Object, ByRef answer As Variant)
    answer = TagText(control.Tag, 0)
End Sub

Public Sub LcScreentip(ByVal control As Object, ByRef answer As Variant)
    answer = TagText(control.Tag, 2)
End Sub

Public Sub LcSupertip(ByVal control As Object, ByRef answer As Variant)
    answer = TagText(control.Tag, 4)
End Sub

Private Function TagText(ByVal tag As String, ByVal first As Long) As String
    Dim parts As Variant
    parts = Split(tag, "|")
    If LcLanguage() = "en" Then first = first + 1
    If first <= UBound(parts) Then TagText = parts(first)
End Function

' Every button that Python answers.
Public Sub LcPress(ByVal control As Object)
    On Error GoTo failed
    If ActiveWorkbook Is Nothing Then
        MsgBox LcText("no_workbook"), vbExclamation, LcText("title")
        Exit Sub
    End If
    LcRunPython "from lowcarbon_xl import macros; macros.press('" & control.ID & "', '" & LcLanguage() & "')"
    Exit Sub
failed:
    MsgBox Err.Description, vbCritical, LcText("title")
End Sub

' The button that switches between Chinese and English: labels, function wizard, headers of later results.
Public Sub LcSwitchLanguage(ByVal control As Object)
    If LcLanguage() = "zh" Then
        LcSetLanguage "en"
    Else
        LcSetLanguage "zh"
    End If
    LcRegisterWizardTexts
    If Not ribbon Is Nothing Then ribbon.Invalidate
End Sub

' The button for Excel without dynamic arrays.
Public Sub LcFitArray(ByVal control As Object)
    Dim message As String
    On Error GoTo failed
    If LcHasDynamicArrays() Then
        message = LcText("arrays_spill")
    Else
        message = LcFitted(ActiveCell)
    End If
    If message <> "" Then MsgBox message, vbExclamation, LcText("title")
    Exit Sub
failed:
    MsgBox Err.Description, vbCritical, LcText("title")
End Sub
