import Contracts
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Synchronization

@testable import Gateway

/// A service with a long list of networks, which it hands out page by page.
final class PagedService: ServiceCaller {
    private let count: Int
    private let description: String
    private let failingPage: Int?
    private let pages = Mutex(0)

    /// So many networks with descriptions of so many characters; the page of that number is refused.
    init(count: Int, descriptionLength: Int = 0, failingPage: Int? = nil) {
        self.count = count
        description = String(repeating: "x", count: descriptionLength)
        self.failingPage = failingPage
    }

    /// How many pages have been asked for.
    var askedPages: Int { pages.withLock { $0 } }

    static func id(_ number: Int) -> String { ID<Any>(high: 0, low: UInt64(number) + 1).description }

    func call(_ method: ServiceMethod, _ request: [UInt8]) async throws -> [UInt8] {
        guard method.name == "ListNetworks" else {
            throw RemoteError(reason: .networkNotFound, message: "there are lists only")
        }
        let query = try L3_Network_V1_ListNetworksRequest(serializedBytes: request).query
        let page = pages.withLock { pages in
            pages += 1
            return pages
        }
        if page == failingPage { throw RemoteError(reason: .serviceUnavailable, message: "gone") }
        let start = (0..<count).first { query.pageToken.isEmpty || Self.id($0) > query.pageToken } ?? count
        let end = query.pageSize == 0 ? count : min(count, start + Int(query.pageSize))
        let answer = L3_Network_V1_ListNetworksResponse.with { answer in
            answer.networks = (start..<end).map { number in
                .with {
                    $0.id = Self.id(number)
                    $0.description_p = description
                }
            }
        }
        return try answer.serializedBytes()
    }
}

extension Services {
    /// One service in the place of all.
    init(all service: any ServiceCaller) {
        self.init(network: service, router: service, floatingIP: service)
    }
}
