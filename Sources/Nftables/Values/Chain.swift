/// A chain of rules.
public struct Chain: Hashable, Sendable {
    /// Its name, unique within its table.
    public var name: ObjectName
    /// Where packets enter it; nil for a chain that only jumps lead to.
    public var base: Base?

    /// A chain.
    public init(_ name: ObjectName, _ base: Base? = nil) {
        self.name = name
        self.base = base
    }

    /// Where packets enter a chain, and what becomes of those that no rule decides.
    public struct Base: Hashable, Sendable {
        /// What its rules may do.
        public var kind: Kind
        /// The place on the packet's way.
        public var hook: Hook
        /// The order among chains of the same place: smaller first.
        public var priority: Int32
        /// Whether packets that no rule decides are dropped rather than accepted.
        public var dropsByDefault: Bool

        /// An entry.
        public init(_ kind: Kind, _ hook: Hook, priority: Int32, dropsByDefault: Bool = false) {
            self.kind = kind
            self.hook = hook
            self.priority = priority
            self.dropsByDefault = dropsByDefault
        }
    }

    /// What a base chain's rules may do.
    public enum Kind: String, Hashable, Sendable {
        /// Judge and mark each packet.
        case filter
        /// Choose the translation of a connection, by its first packet.
        case nat
        /// Change what the route depends on, for packets of this host.
        case route
    }

    /// A place on a packet's way.
    public enum Hook: Hashable, Sendable, CaseIterable {
        /// Before the routing decision.
        case prerouting
        /// On the way to this host.
        case input
        /// On the way through this host.
        case forward
        /// From this host.
        case output
        /// After the routing decision.
        case postrouting
    }
}
