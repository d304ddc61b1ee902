internal import ResourceModel

/// The zones that there are, which RouterService knows of its agents.
struct ZoneLookup: Sendable {
    var codec: ResourceCodec
    var service: any ServiceCaller

    /// Holds the hints of objects that are to be created to what there is.
    ///
    /// - Throws: 404 `AvailabilityZoneNotFound`.
    func require(hintedAtBy objects: [JSONObject], of kind: String) async throws {
        var names: Set<String> = []
        for case .array(let hints)? in objects.map({ $0["availability_zone_hints"] }) {
            for case .string(let name) in hints { names.insert(name) }
        }
        for name in names.sorted() {
            let query = ListQuery(filters: [.init("name", [name]), .init("resource", [kind])])
            let call = codec.calls.list(query, of: nil)
            let answer = try await service.call(call.method, call.request)
            let page = try ListPage(answer, field: codec.calls.page[codec.resource.collection], of: codec)
            guard page.count > 0 else { throw Fault.notFound(codec.resource.notFound, "Availability zone \(name)") }
        }
    }
}
