internal import ResourceModel

/// The answer to a list request: whole when it is short, otherwise page by page straight to the client.
///
/// While a page is written, the one after it is already asked for; no more than these (and the first one) are held, and
/// no more text than one piece. A client that reads slowly holds up the writing and with it the asking.
struct ListAnswer: Sendable {
    var codec: ResourceCodec
    var service: any ServiceCaller
    /// The call for a page.
    var call: @Sendable (ListQuery) -> ResourceCalls.Call
    var view: RenderingPlan
    var parameters: ListParameters
    /// The request's URL without parameters.
    var url: String
    /// The most objects that one call of the service is asked for.
    var pageSize: Int

    /// How much text is written at a time.
    static let pieceSize = 64 * 1024

    /// - Throws: What the service says of the first page.
    func response() async throws -> APIResponse {
        var pages = ServicePages(query: parameters.query, pageSize: pageSize)
        guard !parameters.matchesNothing, let query = pages.next else {
            var list = ListRenderer(collection: codec.resource.collection)
            return APIResponse(status: 200, body: finish(&list, count: 0, firstID: nil, lastID: nil))
        }
        let first = try await page(query)
        pages.took(first.count, lastID: first.lastID)
        guard pages.next == nil else {
            return APIResponse(status: 200) { [pages] sink in try await write(first, pages, to: sink) }
        }
        var list = ListRenderer(collection: codec.resource.collection, capacity: first.bytes.count * 2)
        try list.append(first.bytes, field: first.field, by: view)
        let body = finish(&list, count: first.count, firstID: first.firstID, lastID: first.lastID)
        return APIResponse(status: 200, body: body)
    }

    private func page(_ query: ListQuery) async throws -> ListPage {
        let call = call(query)
        let answer = try await service.call(call.method, call.request)
        return try ListPage(answer, field: codec.calls.page[codec.resource.collection], of: codec)
    }

    private func write(_ first: ListPage, _ rest: ServicePages, to sink: any BodySink) async throws {
        var list = ListRenderer(collection: codec.resource.collection, capacity: Self.pieceSize * 5 / 4)
        var pages = rest
        var present = first
        var count = first.count
        var lastID = first.lastID
        while let query = pages.next {
            async let following = page(query)
            // The question is on its way before this page takes the processor.
            await sink.turn()
            try await write(present, of: &list, to: sink)
            present = try await following
            pages.took(present.count, lastID: present.lastID)
            count += present.count
            lastID = present.lastID ?? lastID
        }
        try await write(present, of: &list, to: sink)
        let end = finish(&list, count: count, firstID: first.firstID, lastID: lastID)
        try await sink.write(end)
    }

    private func write(_ page: ListPage, of list: inout ListRenderer, to sink: any BodySink) async throws {
        var place: Int? = 0
        while let start = place {
            place = try list.append(page.bytes, field: page.field, from: start, by: view, upTo: Self.pieceSize)
            // What is left of a page goes with the next one.
            if place != nil { try await sink.write(list.takePiece()) }
        }
    }

    private func finish(_ list: inout ListRenderer, count: Int, firstID: String?, lastID: String?) -> [UInt8] {
        let links = PageLinks(url: url, parameters: parameters).links(count: count, firstID: firstID, lastID: lastID)
        return list.finish(links: links, named: "\(codec.resource.collection)_links")
    }
}
