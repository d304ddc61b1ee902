internal import Glibc

/// Listens for names of network namespaces that are taken away.
public struct NamespaceNameEvents: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// What came within one wait.
    public enum News: Hashable, Sendable {
        /// These names are gone, in this order.
        case removed([String])
        /// Nothing, in the time allowed.
        case quiet
        /// Some were lost, since they came faster than they were read: look at all names.
        case lost
    }

    /// Listens in the directory of names, which is made where it is missing.
    ///
    /// - Throws: `system`.
    public init() throws(NetlinkError) {
        try NetworkNamespace.prepareDirectory()
        let number = inotify_init1(Int32(IN_CLOEXEC))
        guard number >= 0 else { throw .system(call: "inotify_init1", subject: "names", .current) }
        let descriptor = Descriptor(owning: number)
        let events = UInt32(IN_DELETE | IN_MOVED_FROM)
        guard inotify_add_watch(number, NetworkNamespace.directory, events) >= 0 else {
            throw .system(call: "inotify_add_watch", subject: NetworkNamespace.directory, .current)
        }
        self.descriptor = descriptor
    }

    /// Waits for names to go; blocks its thread until then, or until the time is over or the wake-up given.
    ///
    /// - Throws: `system`.
    public mutating func next(within milliseconds: Int32, or wakeUp: WakeUp? = nil) throws(NetlinkError) -> News {
        guard try WakeUp.wait(for: descriptor, milliseconds: milliseconds, or: wakeUp) else { return .quiet }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = read(descriptor.rawValue, &buffer, buffer.count)
        guard count >= 0 else { throw .system(call: "read", subject: "names", .current) }
        var names: [String] = []
        var offset = 0
        // Source: linux/inotify.h, struct inotify_event: four numbers of 32 bits, the last the name's length.
        while offset + 16 <= count {
            let (mask, length) = buffer.withUnsafeBytes {
                (
                    $0.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self),
                    Int($0.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
                )
            }
            if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .lost }
            let name = buffer[(offset + 16)..<min(offset + 16 + length, count)].prefix { $0 != 0 }
            names.append(String(decoding: name, as: UTF8.self))
            offset += 16 + length
        }
        return .removed(names)
    }
}
