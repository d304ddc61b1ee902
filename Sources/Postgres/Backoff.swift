/// The pause before the next attempt: 100 ms doubled at each failure up to 5 s, shortened at random by up to a half so
/// that many clients do not come back at the same moment.
struct Backoff: Sendable {
    private(set) var failures = 0

    mutating func recordFailure() {
        failures += 1
    }

    mutating func reset() {
        failures = 0
    }

    /// Nothing after no failure.
    func pause(jitter: Double = .random(in: 0...1)) -> Duration {
        guard failures > 0 else { return .zero }
        let longest = min(5000, 100 << min(failures - 1, 10))
        return .milliseconds(Int64(Double(longest) * (0.5 + 0.5 * jitter)))
    }
}
