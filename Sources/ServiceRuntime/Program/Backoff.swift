/// How long to wait before another try: doubling from `first` to `longest`, with jitter so that many do not come at once.
public struct Backoff: Sendable {
    private let first: Duration
    private let longest: Duration
    private var next: Duration

    /// A back-off that begins at `first` and grows to `longest`.
    public init(first: Duration = .milliseconds(100), longest: Duration = .seconds(5)) {
        self.first = first
        self.longest = longest
        next = first
    }

    /// The wait before the next try, between half and all of the present step, which then doubles.
    public mutating func nextDelay() -> Duration {
        defer { next = min(next * 2, longest) }
        return next / 2 + next / 2 * Double.random(in: 0...1)
    }

    /// A try succeeded: begin anew.
    public mutating func reset() {
        next = first
    }
}
