import Foundation
import Testing

@testable import HTTP2Transport

/// nghttp2's h2load as the peer: many clients, many streams, no mercy.
@Suite(needs(Helper.hasLoadGenerator), .timeLimit(.minutes(2))) struct LoadGeneratorTests {
    @Test(arguments: [(1, 1), (8, 32), (4, 200)]) func `every request of h2load is answered`(
        clients: Int,
        streams: Int
    ) async throws {
        let body = NSTemporaryDirectory() + "sluice-h2-\(UUID().uuidString)"
        try Data([0, 0, 0, 0, 3, 1, 2, 3]).write(to: URL(fileURLWithPath: body))
        defer { try? FileManager.default.removeItem(atPath: body) }
        try await EchoPair.run { pair in
            let load = try Helper(
                "/usr/bin/h2load",
                [
                    "-n", "3000", "-c", "\(clients)", "-m", "\(streams)", "-d", body, "-H", "te: trailers", "-H",
                    "content-type: application/grpc", "http://\(pair.address)/test.Echo/Unary",
                ]
            )
            let (output, isSuccess) = await load.finish()
            #expect(isSuccess)
            #expect(output.contains("3000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(output)")
            #expect(output.contains("3000 2xx"))
        }
    }
}
