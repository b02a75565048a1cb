Option Private Module
Option Explicit
' What only Excel itself can answer: who calls, which workbook a cell is in, which language the user reads.

Private Const APPLICATION_KEY As String = "LowCarbonXL"

' The cell, or the cells of the array formula, that a function is called from; Nothing when no cell calls.
Public Function LcCaller() As Object
    If TypeName(Application.Caller) = "Range" Then Set LcCaller = Application.Caller
End Function

Public Function LcBookOf(ByVal area As Object) As String
    LcBookOf = area.Worksheet.Parent.Name
End Function

' What the user chose, else the language of Office.
Public Function LcLanguage() As String
    LcLanguage = GetSetting(APPLICATION_KEY, "Excel", "Language", "")
    If LcLanguage = "" Then LcLanguage = OfficeLanguage()
End Function

Public Sub LcSetLanguage(ByVal language As String)
    SaveSetting APPLICATION_KEY, "Excel", "Language", language
End Sub

' The lower ten bits of a language identifier name the language; 4 is Chinese.
Private Function OfficeLanguage() As String
    OfficeLanguage = "en"
    If (Application.LanguageSettings.LanguageID(2) And 1023) = 4 Then OfficeLanguage = "zh"
End Function
