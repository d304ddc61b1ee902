import Addressing
import Glibc
import KernelTestSupport
import Netlink

/// Hears the router advertisements that reach a host, as bytes of ICMPv6.
///
/// The kernel hears them, too, and sets the host up.
final class AdvertisementEar: Sendable {
    private let socket: Int32

    init(in host: ScratchNamespace) throws {
        socket = try host.perform { () throws(NetlinkError) in
            let number = Glibc.socket(AF_INET6, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 58)
            guard number >= 0 else {
                throw .system(call: "socket", subject: "ICMPv6", ErrorNumber(rawValue: errno))
            }
            return number
        }
    }

    deinit { close(socket) }

    /// The next one, if it comes within the time.
    func next(within seconds: Double = 6) -> [UInt8]? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            let left = Int32(max(0, (deadline - .now) / .milliseconds(1)))
            var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, left) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 1500)
            let count = recv(socket, &buffer, buffer.count, 0)
            if count >= 16, buffer[0] == 134 { return Array(buffer[..<count]) }
        }
        return nil
    }

    /// The first one of which something holds, of those that come within the time.
    func first(within seconds: Double = 8, _ condition: ([UInt8]) -> Bool) -> [UInt8]? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while let message = next(within: max(0, (deadline - .now) / .seconds(1))) {
            if condition(message) { return message }
        }
        return nil
    }
}

/// For how long an advertisement says that its sender is a router.
func routerLifetime(_ message: [UInt8]) -> Int { Int(message[6]) << 8 | Int(message[7]) }
