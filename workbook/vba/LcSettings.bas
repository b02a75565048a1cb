Option Private Module
Option Explicit
' The language of texts and headers: what the user chose, else the language of Office.

Private Const APPLICATION_KEY As String = "LowCarbonXL"

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
