Option Private Module
Option Explicit
' Starts Python through the library that xlwings installs beside it, and calls it.
' The interpreter is read from xlwings' own configuration file, which "lowcarbon install" writes.

#If VBA7 Then
    Private Declare PtrSafe Function LoadLibraryW Lib "kernel32" (ByVal path As LongPtr) As LongPtr
#Else
    Private Declare Function LoadLibraryW Lib "kernel32" (ByVal path As Long) As Long
#End If

Private Const FAILURE As Long = -2147220504 ' vbObjectError + 1000
Private Const BRIDGE As String = "lowcarbon_xl.hosts.classic.bridge"
Private Const SERVE As String = "import lowcarbon_xl.functions, xlwings; xlwings.serve('$(CLSID)')"
Private libraryLoaded As Boolean

Public Function LcCallPython(ByVal functionName As String, ByVal arguments As Variant) As Variant
    LcCallPython = Server().CallUDF(BRIDGE, functionName, arguments)
End Function

Public Sub LcRunPython(ByVal command As String)
    Dim python As Object
    Set python = Server()
    python.SetAttr python.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook
    python.Exec command
End Sub

Private Function Server() As Object
    Dim answer As Variant
    LoadXlwings
    If XLPyDLLActivateAuto(answer, StartCommand(), 1) <> 0 Then
        Err.Raise FAILURE, , LcText("python_did_not_start", CStr(answer))
    End If
    Set Server = answer
End Function

' The interpreter is started directly, without a shell: if it ends at once, the library says so at once.
Private Function StartCommand() As String
    Dim quote As String
    quote = Chr$(34)
    StartCommand = quote & Ansi(Interpreter()) & quote & " -B -c " & quote & SERVE & quote
End Function

Private Function Interpreter() As String
    Interpreter = Configured("INTERPRETER_WIN")
    If Interpreter = "" Then Err.Raise FAILURE, , LcText("no_interpreter", ConfigurationFile())
    If Not FileExists(Interpreter) Then Err.Raise FAILURE, , LcText("interpreter_missing", Interpreter)
End Function

' The library takes its command line in the system's code page; a path outside it goes by its short name.
Private Function Ansi(ByVal path As String) As String
    Ansi = path
    If StrConv(StrConv(path, vbFromUnicode), vbUnicode) = path Then Exit Function
    Ansi = CreateObject("Scripting.FileSystemObject").GetFile(path).ShortPath
    If StrConv(StrConv(Ansi, vbFromUnicode), vbUnicode) <> Ansi Then
        Err.Raise FAILURE, , LcText("path_outside_code_page", path)
    End If
End Function

Private Sub LoadXlwings()
    Dim folder As Variant, file As String
    If libraryLoaded Then Exit Sub
    For Each folder In Array(Configured("LOWCARBON_XLWINGS_FOLDER"), Parent(Interpreter()), Parent(Parent(Interpreter())))
        file = folder & "\" & LC_XLWINGS_LIBRARY
        If folder <> "" And FileExists(file) Then
            If LoadLibraryW(StrPtr(file)) = 0 Then Err.Raise FAILURE, , LcText("library_refused", file)
            libraryLoaded = True
            Exit Sub
        End If
    Next folder
    Err.Raise FAILURE, , LcText("library_missing", LC_XLWINGS_LIBRARY, Parent(Interpreter()))
End Sub

Private Function ConfigurationFile() As String
    ConfigurationFile = Environ$("USERPROFILE") & "\.xlwings\xlwings.conf"
End Function

' One line a setting: "KEY","VALUE"; the last one counts.
Private Function Configured(ByVal key As String) As String
    Dim handle As Integer, textLine As String, head As String
    If Not FileExists(ConfigurationFile()) Then Exit Function
    head = Chr$(34) & UCase$(key) & Chr$(34) & "," & Chr$(34)
    handle = FreeFile
    Open ConfigurationFile() For Input As #handle
    Do While Not EOF(handle)
        Line Input #handle, textLine
        textLine = Trim$(textLine)
        If UCase$(Left$(textLine, Len(head))) = head And Right$(textLine, 1) = Chr$(34) Then
            Configured = Mid$(textLine, Len(head) + 1, Len(textLine) - Len(head) - 1)
        End If
    Loop
    Close #handle
End Function

Private Function FileExists(ByVal path As String) As Boolean
    FileExists = CreateObject("Scripting.FileSystemObject").FileExists(path)
End Function

Private Function Parent(ByVal path As String) As String
    If InStrRev(path, "\") > 1 Then Parent = Left$(path, InStrRev(path, "\") - 1)
End Function
