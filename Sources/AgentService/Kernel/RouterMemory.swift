internal import Netlink

/// What the agent knows to be in the kernel for a router: what it did itself, all of which was acknowledged.
///
/// The table's generation, which stands with the table's socket, says whether someone else changed that since.
struct RouterMemory: Sendable {
    /// The plan that was carried out to the letter.
    var plan: RouterPlan
    /// The numbers of the interfaces.
    var indices: [String: InterfaceIndex]
}

/// A memory, and how far it can be trusted.
struct RouterMemoryKeeper: Sendable {
    /// Nil: nothing is certain.
    var memory: RouterMemory?
    /// How often someone else is known to have meddled.
    private(set) var doubts = 0

    /// Someone else meddled.
    mutating func doubt() {
        memory = nil
        doubts += 1
    }

    /// Notes what was learnt since there were so many doubts.
    mutating func remember(_ memory: RouterMemory?, since doubts: Int) {
        self.memory = doubts == self.doubts ? memory : nil
    }
}
