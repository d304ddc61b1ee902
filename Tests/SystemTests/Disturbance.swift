import Glibc
import HTTP2Transport
import ServiceRuntime
import Testing

@testable import Sluice

/// Something that happens to Sluice's programs and that traffic must not notice.
enum Disturbance: Hashable, Sendable, CustomStringConvertible {
    /// Killed with SIGKILL, and started again by its supervisor.
    case kill(String)
    /// Stopped by SIGTERM, and started again.
    case restart(String)
    /// A second agent of the node starts beside the first, takes over, and gives back in the same way.
    case agentReplaced
    case servicesGone, databaseGone, everythingRestartedWithoutDatabase

    private static let services = ["router", "floatingip", "network", "gateway"]

    static let all: [Self] =
        (["agent"] + services).flatMap { [.kill($0), .restart($0)] } + [
            .agentReplaced, .servicesGone, .databaseGone, .everythingRestartedWithoutDatabase,
        ]

    var description: String {
        switch self {
        case .kill(let program): "\(program) killed"
        case .restart(let program): "\(program) restarted"
        case .agentReplaced: "agent replaced by one that was started beside it"
        case .servicesGone: "all services gone for two seconds"
        case .databaseGone: "PostgreSQL stopped and started"
        case .everythingRestartedWithoutDatabase: "everything restarted while PostgreSQL is away"
        }
    }

    /// Makes it happen; returns when all is well again.
    func happen(to system: SystemUnderTest) async throws {
        let cluster = system.demo.cluster
        switch self {
        case .kill(let program):
            let pid = Leftovers(folder: cluster.folder).pid(of: program)
            try cluster.signal(program, SIGKILL)
            try await system.eventually { Leftovers(folder: cluster.folder).pid(of: program) != pid }
        case .restart(let program):
            await cluster.halt(program)
            cluster.resume(program)
        case .agentReplaced:
            try await replaceAgent(of: system)
        case .servicesGone:
            for service in Self.services { try cluster.signal(service, SIGKILL) }
            for service in Self.services { await cluster.halt(service) }
            try await Task.sleep(for: .seconds(2))
            for service in Self.services { cluster.resume(service) }
        case .databaseGone:
            await cluster.halt("postgres")
            cluster.resume("postgres")
        case .everythingRestartedWithoutDatabase:
            await cluster.halt("postgres")
            let programs = Self.services + ["agent"]
            for program in programs { await cluster.halt(program) }
            for program in programs { cluster.resume(program) }
            try await Task.sleep(for: .seconds(1))
            cluster.resume("postgres")
        }
        try await system.eventually { await cluster.isReady() }
        try await system.eventually { await system.lists() }
    }

    /// As an upgrade does that leaves no moment without an agent.
    private func replaceAgent(of system: SystemUnderTest) async throws {
        let cluster = system.demo.cluster
        let folder = cluster.folder
        var successor = try #require(try cluster.programs.all().first { $0.name == "agent" })
        successor.name = "successor"
        successor.arguments = successor.arguments.map { argument in
            argument.replacing(folder.socket("agent"), with: folder.socket(successor.name))
                .replacing(folder.metricsSocket("agent"), with: folder.metricsSocket(successor.name))
        }
        successor.pidFile = folder.pidFile(successor.name)
        let probe = HealthProbe(address: .unix(path: folder.socket(successor.name)))
        let program = SupervisedProgram(successor, output: cluster.output)
        program.start()
        do {
            try await system.eventually { (try? await probe.check(within: .seconds(2))) != nil }
            await cluster.halt("agent")
            try await Task.sleep(for: .seconds(1))
            cluster.resume("agent")
            try await system.eventually { await cluster.isReady() }
        } catch {
            await program.stop()
            throw error
        }
        await program.stop()
    }
}
