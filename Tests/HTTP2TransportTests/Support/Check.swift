import Testing

/// Expects `value` to be `expected`; for values made by a mutating call, which `#expect` cannot hold.
func check<Value: Equatable>(
    _ value: Value,
    is expected: Value,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(value == expected, sourceLocation: sourceLocation)
}
