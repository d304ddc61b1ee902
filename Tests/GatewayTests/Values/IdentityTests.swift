import ResourceModel
import Testing

@testable import Gateway

@Suite struct IdentityTests {
    private func context(_ headers: [String: String]) throws -> RequestContext {
        try HeaderIdentity().context(requestID: "req-1") { name in headers[name].map { [$0] } ?? [] }
    }

    @Test func `without headers the caller is an administrator`() throws {
        let caller = try context([:])
        #expect(caller.isAdmin)
        #expect(caller.projectID == "admin")
    }

    @Test func `roles given are exactly those, and what they imply`() throws {
        #expect(try context(["X-Roles": "member"]).roles == [.member, .reader])
        #expect(try context(["X-Roles": " Reader , swiftoperator"]).roles == [.reader])
        #expect(try context(["X-Roles": "admin"]).roles == [.admin, .manager, .member, .reader])
        #expect(try context(["X-Roles": "nothing"]).roles == [])
    }

    @Test func `the project is told under either name and the user is kept`() throws {
        #expect(try context(["X-Project-Id": "p1"]).projectID == "p1")
        #expect(try context(["X-Tenant-Id": "p2"]).projectID == "p2")
        #expect(try context(["X-Tenant-Id": "p2", "X-Project-Id": "p1"]).projectID == "p1")
        #expect(try context(["X-User-Id": "u1"]).userID == "u1")
    }

    @Test(arguments: ["p\u{e9}", "a b", String(repeating: "p", count: 256)])
    func `a project that could not be told on is refused`(project: String) {
        #expect { try context(["X-Project-Id": project]) } throws: { ($0 as? Fault)?.status == 400 }
    }
}
