/// Asks again and again until the condition holds.
///
/// - Returns: Whether it held before the time was over; a condition that throws does not hold.
public func eventually(
    within limit: Duration = .seconds(20),
    _ condition: () async throws -> Bool
) async -> Bool {
    let end = ContinuousClock.now.advanced(by: limit)
    while ContinuousClock.now < end {
        if (try? await condition()) == true { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return false
}
