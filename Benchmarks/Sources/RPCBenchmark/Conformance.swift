import Foundation
import GRPCCore

/// Each side's client with each side's server, in every way the reference knows.
///
/// The reference with itself is the control: a case that fails there says nothing about the other side, and is shown
/// but not counted.
struct Conformance {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Who calls whom.
    struct Pair: Sendable {
        var client: Side
        var server: Side

        var name: String { "\(client.rawValue) calls \(server.rawValue)" }
    }

    private static let pairs = [
        Pair(client: .reference, server: .reference), Pair(client: .ours, server: .reference),
        Pair(client: .reference, server: .ours),
    ]
    private static let patience = Duration.seconds(60)

    /// Runs every case with every pair and prints the matrix; gives whether all of them held.
    func run(only wanted: String? = nil) async throws -> Bool {
        let certificates = try Certificates()
        defer { certificates.remove() }
        var failures = 0
        print(Self.row("", Self.pairs.map(\.name)))
        for security in [Security.clear, .mutualTLS(folder: certificates.folder)] {
            for item in security.cases where wanted.map(item.rawValue.contains) ?? true {
                let outcomes = await outcomes(of: item, security)
                print(Self.row(security.prefix + item.rawValue, outcomes.map { $0 == nil ? "ok" : "FAILS" }))
                fflush(nil)
                for (pair, failure) in zip(Self.pairs, outcomes) {
                    guard let failure else { continue }
                    print("    \(pair.name): \(failure)")
                    if outcomes[0] == nil { failures += 1 }
                }
            }
        }
        print(
            "conformance: \(failures == 0 ? "everything holds" : "\(failures) fail") that the reference keeps with itself"
        )
        return failures == 0
    }

    /// What stood against the case, with each pair.
    private func outcomes(of item: ConformanceCase, _ security: Security) async -> [String?] {
        var outcomes: [String?] = []
        for pair in Self.pairs { outcomes.append(await failure(of: item, pair, security)) }
        return outcomes
    }

    /// Why a case does not hold, nil where it does.
    private func failure(of item: ConformanceCase, _ pair: Pair, _ security: Security) async -> String? {
        do {
            let server = try Child(["serve", pair.server.rawValue, "0", security.folder].compactMap { $0 })
            defer { server.stop() }
            let port = Int(server.line()) ?? 0
            let trial = Trial(item: item, pair: pair, server: server, port: port)
            try await within(Self.patience) {
                try await pair.client.connected(port: port, security, trial)
            }
            return nil
        } catch {
            return "\(error)"
        }
    }

    private struct Trial: CallBody {
        let item: ConformanceCase
        let pair: Pair
        let server: Child
        let port: Int

        func run(_ client: GRPCClient<some ClientTransport>) async throws {
            try await item.run(ConformanceCalls(client: client, pair: pair, server: server, port: port))
        }
    }

    private static func row(_ name: String, _ cells: [String]) -> String {
        ([name] + cells).map { $0.padding(toLength: max(40, $0.count + 2), withPad: " ", startingAt: 0) }.joined()
    }
}

/// How a client and a server protect what they say.
enum Security: Sendable {
    case clear
    case mutualTLS(folder: String)

    init(folder: String?) {
        self = folder.map { .mutualTLS(folder: $0) } ?? .clear
    }

    var folder: String? {
        if case .mutualTLS(let folder) = self { folder } else { nil }
    }

    fileprivate var prefix: String { folder == nil ? "" : "mutual TLS: " }

    /// What is tried: everything in clear text, and what TLS could break over TLS.
    fileprivate var cases: [ConformanceCase] {
        folder == nil ? ConformanceCase.allCases : [.unary, .metadata, .largeMessages, .manyCalls]
    }
}

/// Fails where `body` takes longer than `limit`.
func within(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw Conformance.Failure(description: "took longer than \(limit)")
        }
        try await group.next()
        group.cancelAll()
    }
}

/// Waits until `condition` holds; fails where it does not within twenty seconds.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw Conformance.Failure(description: "\(what) did not come true")
}
