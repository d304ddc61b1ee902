import Glibc
import GRPCCore

/// What a client that calls as fast as it can spends.
struct ClientFigures {
    var cpuNanosecondsPerCall: Double
}

/// Makes `count` unary calls, so many at once, from tasks on `executor` or on Swift's own threads.
func measure(
    _ client: GRPCClient<some ClientTransport>,
    inFlight: Int,
    count: Int,
    executor: (any TaskExecutor)?
) async throws -> ClientFigures {
    var options = CallOptions.defaults
    options.waitForReady = true
    try await run(client, options, inFlight: inFlight, count: max(inFlight, count / 10), executor)
    let before = processCPU()
    try await run(client, options, inFlight: inFlight, count: count, executor)
    return ClientFigures(cpuNanosecondsPerCall: Double(processCPU() - before) / Double(count))
}

private func run(
    _ client: GRPCClient<some ClientTransport>,
    _ options: CallOptions,
    inFlight: Int,
    count: Int,
    _ executor: (any TaskExecutor)?
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<inFlight {
            group.addTask(executorPreference: executor) {
                for _ in 0..<count / inFlight {
                    let answer = try await client.unary(
                        request: ClientRequest(message: Workload.request),
                        descriptor: Workload.unary,
                        serializer: Octets(),
                        deserializer: Octets(),
                        options: options
                    ) { try $0.message }
                    precondition(answer.count == Workload.response.count)
                }
            }
        }
        try await group.waitForAll()
    }
}

private func processCPU() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
