import Foundation

/// Measures both sides in turns and prints the table.
struct Comparison {
    let rounds: Int
    let scale: Int

    private struct Load {
        var inFlight: Int
        var connections: Int
        var streams: Int
        var serverGoal: Double
        var count: Int
    }

    private var loads: [Load] {
        [
            Load(inFlight: 1, connections: 1, streams: 1, serverGoal: 1 / 10, count: 3000 * scale),
            Load(inFlight: 256, connections: 8, streams: 32, serverGoal: 1 / 5, count: 20_000 * scale),
            Load(inFlight: 1024, connections: 32, streams: 32, serverGoal: 1 / 4, count: 20_000 * scale),
        ]
    }

    func run(json path: String) async throws {
        var servers: [Side: (child: Child, port: Int)] = [:]
        for side in Side.allCases {
            let child = try Child(["serve", side.rawValue])
            servers[side] = (child, Int(child.line()) ?? 0)
        }
        defer { for server in servers.values { server.child.stop() } }
        var outcomes: [Outcome] = []
        print(Self.row("figure", "reference µs", "ours µs", "ratio", "goal", ""))
        for figure in figures(servers) {
            var measured: [(reference: Double, ours: Double)] = []
            for _ in 0..<rounds {
                measured.append((try await figure.measure(.reference), try await figure.measure(.ours)))
            }
            let outcome = Outcome(figure, measured)
            outcomes.append(outcome)
            print(Self.row(outcome))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try encoder.encode(outcomes).write(to: url)
    }

    private func figures(_ servers: [Side: (child: Child, port: Int)]) -> [Figure] {
        let latencies = Figure(name: "median latency, 1 in flight", goal: 1 / 10) { side in
            guard let server = servers[side] else { return 0 }
            return try LoadGenerator.run(
                port: server.port,
                method: "bench.Routers/Get",
                connections: 1,
                streams: 1,
                count: 3000 * scale
            ).medianNanoseconds
        }
        let streams = Figure(name: "server CPU per streamed message", goal: 1 / 4) { side in
            guard let server = servers[side] else { return 0 }
            let before = server.child.cpuNanoseconds
            _ = try LoadGenerator.run(
                port: server.port,
                method: "bench.Routers/Sync",
                connections: 1,
                streams: 1,
                count: 10 * scale
            )
            return Double(server.child.cpuNanoseconds - before) / Double(10 * scale * Workload.messagesPerStream)
        }
        return loads.map { serverFigure($0, servers) } + loads.map { clientFigure($0, servers) } + [latencies, streams]
    }

    private func serverFigure(_ load: Load, _ servers: [Side: (child: Child, port: Int)]) -> Figure {
        Figure(name: "server CPU per unary call, \(load.inFlight) in flight", goal: load.serverGoal) { side in
            guard let server = servers[side] else { return 0 }
            let before = server.child.cpuNanoseconds
            _ = try LoadGenerator.run(
                port: server.port,
                method: "bench.Routers/Get",
                connections: load.connections,
                streams: load.streams,
                count: load.count
            )
            return Double(server.child.cpuNanoseconds - before) / Double(load.count)
        }
    }

    private func clientFigure(_ load: Load, _ servers: [Side: (child: Child, port: Int)]) -> Figure {
        Figure(name: "client CPU per unary call, \(load.inFlight) in flight", goal: 1 / 4) { side in
            let port = servers[.ours]?.port ?? 0
            let count = max(load.count, load.inFlight)
            let child = try Child(["call", side.rawValue, "\(port)", "\(load.inFlight)", "\(count)"])
            defer { child.stop() }
            return Double(child.line()) ?? 0
        }
    }

    private static func row(_ outcome: Outcome) -> String {
        func number(_ value: Double) -> String { String(format: "%.1f", value) }
        return row(
            outcome.name,
            number(outcome.reference),
            number(outcome.ours),
            String(format: "%.3f", outcome.ratio),
            String(format: "%.3f", outcome.goal),
            outcome.holds ? "holds" : "misses"
        )
    }

    private static func row(_ cells: String...) -> String {
        let widths = [44, 14, 10, 8, 8, 8]
        return zip(cells, widths).map { cell, width in
            cell.padding(toLength: max(width, cell.count), withPad: " ", startingAt: 0)
        }.joined()
    }
}
