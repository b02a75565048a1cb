Option Private Module
Option Explicit
' What only Excel itself can answer: who calls, which workbook, array or spill a cell is in, which language the user reads.

Private Const APPLICATION_KEY As String = "LowCarbonXL"

' The cell, or the cells of the array formula, that a function is called from; Nothing when no cell calls.
Public Function LcCaller() As Object
    If TypeName(Application.Caller) = "Range" Then Set LcCaller = Application.Caller
End Function

Public Function LcBookOf(ByVal area As Object) As String
    LcBookOf = area.Worksheet.Parent.Name
End Function

Public Function LcFormulaOf(ByVal cell As Object) As String
    If cell.HasFormula Then LcFormulaOf = cell.Formula
End Function

Public Function LcHasDynamicArrays() As Boolean
    Dim spilled As Boolean, cell As Object
    Set cell = ThisWorkbook.Worksheets(1).Cells(1, 1)
    On Error GoTo unknown
    spilled = cell.HasSpill
    LcHasDynamicArrays = True
unknown:
End Function

Public Function LcIsArray(ByVal cell As Object) As Boolean
    LcIsArray = cell.HasArray
End Function

' The whole array formula that a cell belongs to, or the cell.
Public Function LcArrayOf(ByVal cell As Object) As Object
    Set LcArrayOf = cell
    If LcIsArray(cell) Then Set LcArrayOf = cell.CurrentArray
End Function

' The cell whose formula fills this one: its own, that of its array, or that of its spill.
Public Function LcOwner(ByVal cell As Object) As Object
    Dim spilled As Boolean
    Set LcOwner = LcArrayOf(cell).Cells(1, 1)
    On Error Resume Next ' Excel without dynamic arrays knows no spills
    spilled = cell.HasSpill
    If spilled Then Set LcOwner = cell.SpillParent
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
