import Foundation

/// Compares HTTP2Transport with grpc-swift-nio-transport.
///
///     rpc-bench [--json PATH] [--rounds N] [--scale N]    the table of figures
///     rpc-bench conform [CASE]                            each side's client with each side's server
///     rpc-bench serve ours|reference [PORT [TLS-FOLDER]]  until stopped, or told to "drain" on standard input
///     rpc-bench call ours|reference PORT IN-FLIGHT COUNT
@main
struct RPCBenchmark {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "serve": try await serve(arguments)
        case "call":
            let numbers = arguments.dropFirst(2).compactMap { Int($0) }
            guard numbers.count == 3 else { fallthrough }
            let figures = try await side(arguments).call(port: numbers[0], inFlight: numbers[1], count: numbers[2])
            print(figures.cpuNanosecondsPerCall)
            fflush(nil)
        case "conform":
            let isWhole = try await Conformance().run(only: arguments.count > 1 ? arguments[1] : nil)
            if !isWhole { exit(1) }
        case nil, "--json", "--rounds", "--scale":
            let comparison = Comparison(
                rounds: option("--rounds", arguments) ?? 3,
                scale: option("--scale", arguments) ?? 1
            )
            try await comparison.run(json: text("--json", arguments) ?? ".build/bench/rpc.json")
        default:
            print("usage: rpc-bench [conform [CASE]] [--json PATH] [--rounds N] [--scale N]")
            exit(64)
        }
    }

    private static func serve(_ arguments: [String]) async throws {
        let port = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 0
        let security = Security(folder: arguments.count > 3 ? arguments[3] : nil)
        try await side(arguments).serve(port: port, security) { listening in
            print(listening.port)
            fflush(nil)
            Thread.detachNewThread {
                while let line = readLine() {
                    if line == "drain" { listening.drain() }
                }
            }
        }
    }

    private static func side(_ arguments: [String]) -> Side {
        arguments.count > 1 ? Side(rawValue: arguments[1]) ?? .ours : .ours
    }

    private static func text(_ name: String, _ arguments: [String]) -> String? {
        arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
    }

    private static func option(_ name: String, _ arguments: [String]) -> Int? {
        text(name, arguments).flatMap { Int($0) }
    }
}
