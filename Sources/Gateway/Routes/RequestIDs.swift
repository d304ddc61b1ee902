internal import ResourceModel
internal import Synchronization

/// Makes the ids of requests: different everywhere, but without asking the kernel for each.
final class RequestIDs: Sendable {
    private let generator = Mutex(Generator())

    /// `req-` and a UUID.
    func next() -> String {
        let id = generator.withLock { ID<Any>.random(using: &$0) }
        return "req-\(id)"
    }

    /// A permutation of a counter, begun anywhere.
    ///
    /// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
    private struct Generator: RandomNumberGenerator {
        private var state = UInt64.random(in: 0 ... .max)
        private let salt = UInt64.random(in: 0 ... .max)

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31 ^ salt
        }
    }
}
