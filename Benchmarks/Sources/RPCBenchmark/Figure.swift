/// One line of the table: what is measured, on both sides, round by round.
struct Figure {
    let name: String
    let goal: Double
    /// Nanoseconds on one side; called in turns, so that both sides see the same weather.
    let measure: (Side) async throws -> Double
}

/// A figure measured.
struct Outcome: Encodable {
    var name: String
    var unit = "µs"
    var reference: Double
    var ours: Double
    var ratio: Double
    var goal: Double
    var holds: Bool

    /// The medians of the rounds; the ratio is the median of the rounds' ratios.
    init(_ figure: Figure, _ rounds: [(reference: Double, ours: Double)]) {
        name = figure.name
        reference = Self.median(rounds.map(\.reference)) / 1000
        ours = Self.median(rounds.map(\.ours)) / 1000
        ratio = Self.median(rounds.map { $0.ours / $0.reference })
        goal = figure.goal
        holds = ratio <= figure.goal
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
