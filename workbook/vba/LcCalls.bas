Option Private Module
Option Explicit
' What every worksheet function does with its arguments.

' An error value when Python cannot be reached; =WHY() then says why.
Public Function LcEvaluate(ByVal functionName As String, ByRef values As Variant, ByRef places As Variant) As Variant
    On Error GoTo failed
    LcEvaluate = Evaluated(functionName, values, places)
    Exit Function
failed:
    LcEvaluate = CVErr(2015)
End Function

' A function that explains answers with the reason itself when Python cannot be reached.
Public Function LcExplain(ByVal functionName As String, ByRef values As Variant, ByRef places As Variant) As Variant
    On Error GoTo failed
    LcExplain = Evaluated(functionName, values, places)
    Exit Function
failed:
    LcExplain = LcText("no_answer", Err.Description)
End Function

Private Function Evaluated(ByVal functionName As String, ByRef values As Variant, ByRef places As Variant) As Variant
    Dim result As Variant
    result = LcCallPython("call", Array(functionName, values, places, LcCallerPlace(), LcLanguage()))
    Evaluated = LcDecoded(result)
End Function
