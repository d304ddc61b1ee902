import Contracts
import Gateway
import SwiftProtobuf

/// Measures what an object of a list costs from the service's bytes to JSON: the gateway's way, and SwiftProtobuf's.
///
/// Prints the median of the rounds, in microseconds per object. The rounds take turns, so that both meet the same
/// machine.
@main struct TranscodingBenchmark {
    private static let count = 10_000
    private static let rounds = 15

    static func main() throws {
        let answer = try [UInt8](FloatingIPs.list(of: count).serializedBytes() as [UInt8])
        let transcoder = try DetachedTranscoder()
        var ours: [Double] = []
        var theirs: [Double] = []
        for _ in 0..<rounds {
            ours.append(
                try time {
                    var size = 0
                    try transcoder.list(answer) { size += $0.count }
                    return size
                }
            )
            theirs.append(
                try time {
                    let message = try L3_Floatingip_V1_ListFloatingIPsResponse(serializedBytes: answer)
                    return try (message.jsonUTF8Bytes() as [UInt8]).count
                }
            )
        }
        print("gateway_us", median(ours))
        print("swift_protobuf_us", median(theirs))
    }

    /// Microseconds per object of a body that gives how many bytes it made.
    private static func time(_ body: () throws -> Int) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let size = try body()
        let passed = clock.now - start
        precondition(size > count * 100, "not a list of \(count)")
        return (Double(passed.components.seconds) * 1e6 + Double(passed.components.attoseconds) / 1e12) / Double(count)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// What a service answers: floating IPs as they usually are, associated, with their ports' details.
enum FloatingIPs {
    static func list(of count: Int) -> L3_Floatingip_V1_ListFloatingIPsResponse {
        .with { response in
            response.floatingips = (0..<count).map { number in
                .with { floatingIP in
                    floatingIP.id = id(1, number)
                    floatingIP.projectID = "8d1c3b2a4f5e46d7908172635445bd10"
                    floatingIP.createdAt = Google_Protobuf_Timestamp(seconds: 1_790_000_000 + Int64(number))
                    floatingIP.updatedAt = Google_Protobuf_Timestamp(seconds: 1_790_000_100 + Int64(number))
                    floatingIP.revisionNumber = 3
                    floatingIP.floatingNetworkID = id(2, 1)
                    floatingIP.floatingIpAddress = "100.64.\(number / 250).\(number % 250 + 1)"
                    floatingIP.portID = id(3, number)
                    floatingIP.fixedIpAddress = "10.0.\(number / 250).\(number % 250 + 1)"
                    floatingIP.routerID = id(4, number / 10)
                    floatingIP.status = "ACTIVE"
                    floatingIP.portDetails = .with { port in
                        port.name = "vm-\(number)"
                        port.networkID = id(5, number / 10)
                        port.macAddress = "fa:16:3e:00:00:01"
                        port.adminStateUp = true
                        port.status = "ACTIVE"
                        port.deviceID = id(6, number)
                        port.deviceOwner = "compute:nova"
                    }
                }
            }
        }
    }

    private static func id(_ kind: Int, _ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "0000000\(kind)-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
