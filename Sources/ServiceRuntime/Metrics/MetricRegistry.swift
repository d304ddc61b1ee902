internal import Synchronization

/// What a program counts and measures of itself, in the text form that Prometheus reads.
///
/// Names are those of Prometheus' conventions: a prefix, the unit, `_total` for what only grows.
public final class MetricRegistry: Sendable {
    private let families = Mutex<[(family: MetricFamily, render: @Sendable (MetricFamily) -> String)]>([])

    /// A registry without metrics.
    public init() {}

    /// Something that only grows, split by the values of labels.
    public func counter(_ name: String, _ help: String, labels: [String] = []) -> Counter {
        let counter = Counter()
        add(MetricFamily(name: name, help: help, type: "counter", labels: labels)) { counter.text($0) }
        return counter
    }

    /// Something that grows and is known elsewhere: it is asked for when someone reads the metrics.
    public func counter(_ name: String, _ help: String, value: @escaping @Sendable () -> Double) {
        add(MetricFamily(name: name, help: help, type: "counter")) { $0.sample(value: value()) }
    }

    /// Something that rises and falls: it is asked for when someone reads the metrics.
    public func gauge(_ name: String, _ help: String, value: @escaping @Sendable () -> Double) {
        add(MetricFamily(name: name, help: help, type: "gauge")) { $0.sample(value: value()) }
    }

    /// Durations, in seconds, by how many took at most how long.
    public func histogram(_ name: String, _ help: String, labels: [String] = []) -> DurationHistogram {
        let histogram = DurationHistogram()
        add(MetricFamily(name: name, help: help, type: "histogram", labels: labels)) { histogram.text($0) }
        return histogram
    }

    /// All metrics as Prometheus reads them.
    ///
    /// Source: Prometheus documentation, "Exposition formats", text format 0.0.4.
    public var text: String {
        // The lock is not held while values are asked for: they may take locks of their own.
        families.withLock { $0 }.map { entry in entry.family.heading + entry.render(entry.family) }.joined()
    }

    private func add(_ family: MetricFamily, _ render: @escaping @Sendable (MetricFamily) -> String) {
        families.withLock { families in
            precondition(!families.contains { $0.family.name == family.name }, "\(family.name) is there already")
            families.append((family, render))
        }
    }
}

/// A metric's name and what is said of it.
struct MetricFamily: Sendable {
    var name: String
    var help: String
    /// `counter`, `gauge` or `histogram`.
    var type: String
    var labels: [String] = []

    var heading: String { "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" }

    /// One line; `suffix` goes behind the name, `extra` among the labels.
    func sample(
        _ suffix: String = "",
        _ values: [String] = [],
        extra: (name: String, value: String)? = nil,
        value: Double
    ) -> String {
        var pairs = zip(labels, values).map { "\($0)=\"\(Self.escaped($1))\"" }
        if let extra { pairs.append("\(extra.name)=\"\(extra.value)\"") }
        let set = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
        return "\(name)\(suffix)\(set) \(Self.text(value))\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    private static func text(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}

/// A count that only grows.
public final class Counter: Sendable {
    private let counts = Mutex<[[String]: Int]>([:])

    /// Counts more of what has these values of the labels.
    public func add(_ count: Int = 1, _ values: String...) {
        counts.withLock { $0[values, default: 0] += count }
    }

    /// How many there were with these values of the labels.
    public func count(_ values: String...) -> Int { counts.withLock { $0[values] ?? 0 } }

    func text(_ family: MetricFamily) -> String {
        let counts = counts.withLock { $0 }
        if counts.isEmpty, family.labels.isEmpty { return family.sample(value: 0) }
        return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { family.sample("", $0.key, value: Double($0.value)) }.joined()
    }
}

/// Durations, counted by how long they were.
public final class DurationHistogram: Sendable {
    /// The limits in seconds: from a change of one element to a call that waits for its deadline.
    static let limits = [
        0.000_025, 0.000_1, 0.000_25, 0.001, 0.002_5, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10,
    ]

    private struct Series {
        /// By limit, the last of what is above all; not cumulated.
        var counts = [Int](repeating: 0, count: DurationHistogram.limits.count + 1)
        var sum = 0.0
    }

    private let series = Mutex<[[String]: Series]>([:])

    /// Counts a duration of what has these values of the labels.
    public func record(_ duration: Duration, _ values: String...) {
        let seconds = duration / .seconds(1)
        let position = Self.limits.firstIndex { seconds <= $0 } ?? Self.limits.count
        series.withLock { series in
            series[values, default: Series()].counts[position] += 1
            series[values, default: Series()].sum += seconds
        }
    }

    func text(_ family: MetricFamily) -> String {
        series.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { values, series in
            var total = 0
            var lines = ""
            for (count, limit) in zip(series.counts, Self.limits.map { "\($0)" } + ["+Inf"]) {
                total += count
                lines += family.sample("_bucket", values, extra: ("le", limit), value: Double(total))
            }
            return lines + family.sample("_sum", values, value: series.sum)
                + family.sample("_count", values, value: Double(total))
        }.joined()
    }
}
