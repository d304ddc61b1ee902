internal import GRPCCore
internal import Synchronization

/// The task that answers a call, and how to stop it from any thread.
final class CallWork: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var handle: ServerContext.RPCCancellationHandle?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func attach(_ task: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    func attach(_ handle: ServerContext.RPCCancellationHandle) {
        let isCancelled = state.withLock { state in
            state.handle = handle
            return state.isCancelled
        }
        if isCancelled { handle.cancel() }
    }

    /// Cancels the call as gRPC does (by its handle) and as Swift does (its task), so that both kinds of handler hear it.
    func cancel() {
        let (task, handle) = state.withLock { state in
            state.isCancelled = true
            return (state.task, state.handle)
        }
        handle?.cancel()
        task?.cancel()
    }

    /// Lets go of task and handle once there is nothing left to stop.
    func ended() {
        state.withLock { state in
            state.task = nil
            state.handle = nil
        }
    }
}
