import HTTP2Transport
import Testing

@testable import ServiceRuntime

@Suite struct CommandLineTests {
    private let program = ProgramDescription(
        name: "network",
        abstract: "Networks.",
        settings: [Setting("listen.address", type: "address", default: "127.0.0.1:9701", help: "Where to listen.")]
    )

    @Test(arguments: [
        ([], CommandLineRequest.serve), (["serve"], .serve), (["--listen-address", "127.0.0.1:1"], .serve),
        (["--listen-address=127.0.0.1:1"], .serve), (["--help"], .help), (["serve", "-h"], .help),
        (["--version"], .version), (["probe", "unix:/run/x"], .probe("unix:/run/x")),
    ])
    func `a command line is understood`(arguments: [String], request: CommandLineRequest) throws {
        #expect(try CommandLineRequest(arguments: arguments, of: program) == request)
    }

    @Test(arguments: [["--listen"], ["--listen-address"], ["run"], ["probe"], ["serve", "--port", "1"]])
    func `a word that no program understands is refused`(arguments: [String]) {
        #expect(throws: CommandLineProblem.self) { try CommandLineRequest(arguments: arguments, of: program) }
    }

    @Test func `help names each option, its variable and its default`() {
        let text = HelpText(of: program).text
        #expect(text.contains("--listen-address <address>"))
        #expect(text.contains("SLUICE_LISTEN_ADDRESS"))
        #expect(text.contains("127.0.0.1:9701"))
    }

    @Test(arguments: [
        ("127.0.0.1:9701", ServerAddress.tcp(host: "127.0.0.1", port: 9701)), ("[::1]:80", .tcp(host: "::1", port: 80)),
        ("router:9702", .tcp(host: "router", port: 9702)), ("unix:/run/a.sock", .unix(path: "/run/a.sock")),
    ])
    func `an address is read`(text: String, address: ServerAddress) {
        #expect(ServerAddress(text: text) == address)
    }

    @Test(arguments: ["", "host", "host:", ":1", "host:70000", "unix:relative", "host:http"])
    func `other text is no address`(text: String) {
        #expect(ServerAddress(text: text) == nil)
    }

    @Test func `the back-off grows to its longest and begins anew`() {
        var backoff = Backoff(first: .milliseconds(100), longest: .milliseconds(800))
        let delays = (0..<8).map { _ in backoff.nextDelay() }
        #expect((.milliseconds(50)...Duration.milliseconds(100)).contains(delays[0]))
        #expect(delays.suffix(3).allSatisfy { (.milliseconds(400)...Duration.milliseconds(800)).contains($0) })
        backoff.reset()
        #expect(backoff.nextDelay() <= .milliseconds(100))
    }
}
