import Synchronization

/// A value set on one thread and read on another.
final class OctetBox: Sendable {
    private let kept = Mutex<[UInt8]>([])

    var value: [UInt8] { kept.withLock { $0 } }
    func set(_ value: [UInt8]) { kept.withLock { $0 = value } }
}
