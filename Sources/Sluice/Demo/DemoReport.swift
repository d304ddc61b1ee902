internal import Synchronization

/// What the demo shows: each step as it happens with its time, then each proof, then the table.
final class DemoReport: Sendable {
    private let proofs = Mutex<[(title: String, outcome: String, holds: Bool)]>([])

    /// Runs one step and prints how long it took.
    func step<Result>(_ title: String, _ body: () async throws -> Result) async throws -> Result {
        let start = ContinuousClock.now
        let result = try await body()
        let components = start.duration(to: .now).components
        let tenths = components.seconds * 10_000 + components.attoseconds / 100_000_000_000_000
        print("  \(padded(title, 62)) \(tenths / 10).\(tenths % 10) ms")
        return result
    }

    func heading(_ text: String) { print("\n\(text)") }

    /// Records and prints whether what was seen is what had to be seen.
    func prove(_ title: String, expected: String, seen: String) {
        let holds = expected == seen
        proofs.withLock { $0.append((title, holds ? seen : "expected \(expected), saw \(seen)", holds)) }
        print("  \(holds ? "ok  " : "FAIL") \(padded(title, 58)) \(seen)")
    }

    /// Prints the table; false when a proof failed or there was none.
    func conclude() -> Bool {
        let all = proofs.withLock { $0 }
        let held = all.count(where: \.holds)
        print("\nproof                                                        result")
        print(String(repeating: "-", count: 100))
        for proof in all { print("\(padded(proof.title, 60)) \(proof.holds ? "holds" : "FAILS"): \(proof.outcome)") }
        print("\n\(held) of \(all.count) proofs hold")
        return held == all.count && !all.isEmpty
    }
}
