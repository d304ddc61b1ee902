/// How a transaction runs.
public struct TransactionOptions: Hashable, Sendable {
    /// What it sees of others.
    public enum Isolation: String, Sendable {
        /// Each statement sees what was committed before it.
        case readCommitted = "READ COMMITTED"
        /// All statements see what was committed before the first.
        case repeatableRead = "REPEATABLE READ"
        /// As if transactions ran one after another; may fail and ask to be run again.
        case serializable = "SERIALIZABLE"
    }

    /// When the body is run again.
    public enum Retry: Hashable, Sendable {
        /// Never.
        case nothing
        /// After a serialization failure or a deadlock, in all so often.
        case serializationFailures(attempts: Int)

        /// Up to five attempts after serialization failures and deadlocks.
        public static var serializationFailures: Retry { .serializationFailures(attempts: 5) }
    }

    /// What it sees of others.
    public var isolation: Isolation
    /// Whether it may write.
    public var isReadOnly: Bool
    /// Whether it is on disk before its commit is answered.
    ///
    /// One that is not costs no wait. A crash of the server within the next moments may undo it; what was committed
    /// after it does not outlive it then.
    public var isDurable: Bool

    /// An isolation, for writing too and durable unless said otherwise.
    public init(isolation: Isolation, isReadOnly: Bool = false, isDurable: Bool = true) {
        self.isolation = isolation
        self.isReadOnly = isReadOnly
        self.isDurable = isDurable
    }

    /// The server's default: each statement sees what was committed before it.
    public static let readCommitted = TransactionOptions(isolation: .readCommitted)
    /// All statements see one state.
    public static let repeatableRead = TransactionOptions(isolation: .repeatableRead)
    /// As if transactions ran one after another.
    public static let serializable = TransactionOptions(isolation: .serializable)
    /// As the default, for what may be lost in a crash.
    public static let forgetful = TransactionOptions(isolation: .readCommitted, isDurable: false)
    /// One state, only to be read.
    public static let snapshot = TransactionOptions(isolation: .repeatableRead, isReadOnly: true)

    var beginning: [SQL] {
        let begin = SQL(unescaped: "BEGIN ISOLATION LEVEL \(isolation.rawValue)\(isReadOnly ? " READ ONLY" : "")")
        return isDurable ? [begin] : [begin, "SET LOCAL synchronous_commit TO off"]
    }
}
