public import GRPCCore
internal import NIOCore

/// What this transport tells a handler beside GRPCCore's context; found in `ServerContext.transportSpecific`.
public struct HTTP2CallContext: ServerContext.TransportSpecific {
    private let deadline: NIODeadline?

    init(deadline: NIODeadline?) {
        self.deadline = deadline
    }

    /// Time left until the caller's deadline (not below zero), nil if it set none.
    ///
    /// The transport itself answers DEADLINE_EXCEEDED then and cancels the handler; `grpc-timeout` is therefore not
    /// among the request's metadata. Pass what is left on to calls made for this one.
    public var timeRemaining: Duration? {
        deadline.map { deadline in
            let left = deadline - .now()
            return max(.zero, .nanoseconds(left.nanoseconds))
        }
    }
}
