public import Addressing
internal import Glibc
internal import Netlink
internal import Synchronization

/// A server on a thread of its own that answers each message with where it came from and what it was.
public final class EchoServer: Sendable {
    private let isStopped = Atomic<Bool>(false)

    /// Serves in a namespace at an address and port until this is let go.
    ///
    /// - Throws: When the port cannot be had.
    public init(
        in namespace: ScratchNamespace,
        over transport: Transport,
        at address: IPAddress,
        port: UInt16
    ) throws {
        let socket = try ScratchSocket(in: namespace, transport, address.version)
        let bound = SocketAddress(address, port: port).withPointer { bind(socket.descriptor, $0, $1) }
        guard bound == 0, transport == .udp || listen(socket.descriptor, 64) == 0 else {
            throw ScratchError.noAnswer("cannot serve at \(address) port \(port): \(String(cString: strerror(errno)))")
        }
        let listener = Listener(socket, transport, address.version)
        let work = Work(listener, isStopped: { [weak self] in self?.isStopped.load(ordering: .relaxed) ?? true })
        let context = Unmanaged.passRetained(work)
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            context.toOpaque()
        )
        guard status == 0 else {
            context.release()
            throw ScratchError.noAnswer("no thread for an echo server")
        }
        pthread_detach(thread)
    }

    deinit { isStopped.store(true, ordering: .relaxed) }
}

private final class Work {
    private let listener: Listener
    private let isStopped: () -> Bool

    init(_ listener: consuming Listener, isStopped: @escaping () -> Bool) {
        self.listener = listener
        self.isStopped = isStopped
    }

    func run() { listener.serve(until: isStopped) }
}

/// A bound socket and the connections that were accepted on it.
private final class Listener {
    private let socket: ScratchSocket
    private let transport: Transport
    private let version: IPVersion
    private var connections: [Int32] = []

    init(_ socket: consuming ScratchSocket, _ transport: Transport, _ version: IPVersion) {
        self.socket = socket
        self.transport = transport
        self.version = version
    }

    deinit { connections.forEach { close($0) } }

    func serve(until isStopped: () -> Bool) {
        while !isStopped() {
            var entries = ([socket.descriptor] + connections).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, nfds_t(entries.count), 100) > 0 else { continue }
            for entry in entries where entry.revents != 0 {
                if entry.fd != socket.descriptor {
                    if !answerConnection(entry.fd) { drop(entry.fd) }
                } else if transport == .udp {
                    answerDatagram()
                } else {
                    let accepted = accept(socket.descriptor, nil, nil)
                    if accepted >= 0 { connections.append(accepted) }
                }
            }
        }
    }

    private func drop(_ descriptor: Int32) {
        connections.removeAll { $0 == descriptor }
        close(descriptor)
    }

    private func answerDatagram() {
        var buffer = [UInt8](repeating: 0, count: 2048)
        var count = 0
        let sender = SocketAddress { pointer, size in
            count = recvfrom(socket.descriptor, &buffer, buffer.count, 0, pointer, size)
            return count >= 0
        }
        guard let sender else { return }
        let answer = [UInt8]("\(sender.text) ".utf8) + buffer[..<count]
        _ = sender.withPointer { sendto(socket.descriptor, answer, answer.count, 0, $0, $1) }
    }

    /// Whether the connection goes on.
    private func answerConnection(_ descriptor: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 2048)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0, let sender = SocketAddress(filledInBy: { getpeername(descriptor, $0, $1) == 0 }) else {
            return false
        }
        let answer = [UInt8]("\(sender.text) ".utf8) + buffer[..<count]
        return send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count
    }
}
