import Glibc
import Testing

@testable import Sluice

/// Something that happens to Sluice's programs and that traffic must not notice.
enum Disturbance: Hashable, Sendable, CustomStringConvertible {
    /// Killed with SIGKILL, and started again by its supervisor.
    case kill(String)
    /// Stopped by SIGTERM, and started again.
    case restart(String)
    case servicesGone, databaseGone, everythingRestartedWithoutDatabase

    private static let services = ["router", "floatingip", "network", "gateway"]

    static let all: [Self] =
        [.kill("agent"), .restart("agent")] + services.map { .kill($0) } + [
            .servicesGone, .databaseGone, .everythingRestartedWithoutDatabase,
        ]

    var description: String {
        switch self {
        case .kill(let program): "\(program) killed"
        case .restart(let program): "\(program) restarted"
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
}
