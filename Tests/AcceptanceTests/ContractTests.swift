import Testing

@testable import Sluice

/// The API's contract, held over HTTP by pytest: the tables in `contract/` say what every collection must do.
@Suite(.serialized, .realClients) struct ContractTests {
    @Test(.timeLimit(.minutes(10)))
    func `every collection keeps the contract, alone and in races, and is described as it is`() async throws {
        try await RunningSluice.running { cluster in
            let pytest = ["-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "--tb=short"]
            try await Clients.expect(
                Clients.python,
                pytest + [
                    "--endpoint", cluster.settings.endpoint, "--services", cluster.folder.run, Clients.file("contract"),
                ]
            )
        }
    }
}
