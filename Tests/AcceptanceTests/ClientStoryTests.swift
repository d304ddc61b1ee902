import Glibc
import Testing

@testable import Sluice

/// Unmodified clients from PyPI and Debian against the whole system; `make setup` and `make clients` install them.
@Suite(.serialized, .realClients) struct ClientStoryTests {
    private static let told = "story told\n"

    @Test(.timeLimit(.minutes(5)))
    func `openstacksdk and the openstack CLI tell a tenant's story`() async throws {
        try await RunningSluice.serving { endpoint in
            try await Clients.expect(
                Clients.python,
                [Clients.file("stories/openstacksdk_story.py"), endpoint],
                saying: Self.told
            )
            try await Clients.expect(
                "/bin/bash",
                [Clients.file("stories/openstack_cli_story.sh"), Clients.python, endpoint],
                saying: Self.told
            )
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the openstack CLI and openstacksdk walk every command that concerns what is served`() async throws {
        try await RunningSluice.serving { endpoint in
            for walk in ["openstacksdk_walk.py", "openstack_cli_walk.py"] {
                try await Clients.expect(
                    Clients.python,
                    [Clients.file("stories/\(walk)"), endpoint],
                    saying: Self.told
                )
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `callers are those whom the identity service issued their tokens to`() async throws {
        try await RunningSluice.running { cluster in
            let gateway = try ClusterPrograms.executable("Gateway")
            try await Clients.expect(
                Clients.python,
                [Clients.file("stories/tokens_story.py"), gateway, cluster.folder.run],
                saying: Self.told
            )
        }
    }

    @Test(.timeLimit(.minutes(5)), .enabled("needs Debian's gophercloud") { Clients.hasGo || getenv("CI") != nil })
    func `gophercloud lives a tenant's day, as Terraform's provider would`() async throws {
        try await RunningSluice.serving { endpoint in
            let environment = [
                "GO111MODULE=off", "GOPATH=/usr/share/gocode", "GOCACHE=\(Clients.file("../../.build/go"))",
            ]
            try await Clients.expect(
                "/usr/bin/env",
                environment + ["go", "run", Clients.file("stories/gophercloud/main.go"), endpoint],
                saying: Self.told
            )
        }
    }
}
