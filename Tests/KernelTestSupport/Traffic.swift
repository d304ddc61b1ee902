public import Addressing
internal import Glibc
internal import Netlink

/// A transport that scratch hosts talk over.
public enum Transport: UInt8, Hashable, Sendable, CaseIterable {
    /// TCP.
    case tcp = 6
    /// UDP.
    case udp = 17

    fileprivate var socketType: Int32 {
        switch self {
        case .tcp: Int32(SOCK_STREAM.rawValue)
        case .udp: Int32(SOCK_DGRAM.rawValue)
        }
    }
}

/// What an echo server says about a message: from where it came, as the server saw it, and what it was.
public struct Echo: Hashable, Sendable {
    /// The sender's address, after all translation.
    public let source: IPAddress
    /// The sender's port, after all translation.
    public let port: UInt16
    /// The message.
    public let message: String

    init?(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, let source = IPAddress(parts[0]), let port = UInt16(parts[1]) else { return nil }
        self.source = source
        self.port = port
        message = String(parts[2])
    }
}

/// A conversation of a scratch host with an echo server, for flows that outlast a change.
public final class Conversation: Sendable {
    private let socket: ScratchSocket

    init(_ socket: consuming ScratchSocket) {
        self.socket = socket
    }

    /// Says something and waits for the echo.
    ///
    /// - Throws: `noAnswer` when none comes in time, or the connection is refused or reset.
    public func say(_ message: String, within seconds: Double = 5) throws(ScratchError) -> Echo {
        try socket.send(message)
        guard let echo = Echo(try socket.receive(within: seconds)) else { throw .noAnswer("not an echo") }
        return echo
    }
}

extension ScratchNamespace {
    /// Begins a conversation; over TCP this connects.
    ///
    /// - Throws: `noAnswer` when there is no connection in time.
    public func converse(
        over transport: Transport,
        with address: IPAddress,
        port: UInt16,
        within seconds: Double = 5
    ) throws -> Conversation {
        let socket = try ScratchSocket(in: self, transport, address.version)
        try socket.connect(to: address, port: port, within: seconds)
        return Conversation(socket)
    }

    /// Sends one message to an echo server and returns what that says about it.
    ///
    /// - Throws: `noAnswer`.
    public func ask(
        over transport: Transport,
        _ address: IPAddress,
        port: UInt16,
        within seconds: Double = 5
    ) throws -> Echo {
        try converse(over: transport, with: address, port: port, within: seconds).say("hello", within: seconds)
    }

    /// Whether an echo server can be reached within half a second: for what must not pass.
    ///
    /// It is no proof that nothing passes: a first packet that is lost is sent again after a second.
    public func reaches(over transport: Transport, _ address: IPAddress, port: UInt16) -> Bool {
        (try? ask(over: transport, address, port: port, within: 0.5)) != nil
    }

    /// Whether one of up to three pings is answered.
    public func pings(_ address: IPAddress) -> Bool {
        succeeds("ping", "-c", "1", "-w", "3", "-n", "\(address)")
    }
}
