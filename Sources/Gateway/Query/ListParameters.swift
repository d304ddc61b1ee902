internal import ResourceModel

/// What a list request asks for: the query for the service, and what the gateway itself does with the answer.
struct ListParameters: Hashable, Sendable {
    var query = ListQuery()
    /// The members that each object is to show; nil for all.
    var fields: Set<String>?
    /// Whether some filter cannot match anything, for example an id that is none.
    var matchesNothing = false
    /// Whether the limit is one that nobody asked for, of which nothing is said unless it was reached.
    var hasTacitLimit = false
    /// The request's parameters without marker and direction, which links are made of.
    var linkParameters: [QueryString.Pair] = []

    /// What the parameters ask for; `greatestLimit` is the most objects of one answer, 0 for no bound.
    ///
    /// - Throws: 400 for a filter, sort key or page that there is not; 404 for a marker that is no id.
    init(
        _ parameters: QueryString,
        of resource: Resource,
        viewerIsAdmin: Bool,
        greatestLimit: Int = 0
    ) throws(Fault) {
        let filters = try FilterReader(resource: resource, viewerIsAdmin: viewerIsAdmin).filters(parameters)
        query.filters = filters.filters
        matchesNothing = filters.matchesNothing
        query.sort = try Self.sort(parameters, of: resource, viewerIsAdmin: viewerIsAdmin)
        fields = Self.fields(parameters)
        // Without ids there are no places to go on from: such a list comes whole.
        guard resource.attribute(named: "id") != nil else { return }
        query.limit = try Self.limit(parameters, greatest: greatestLimit)
        query.reverse = ["true", "1", "t", "yes", "y", "on"]
            .contains(parameters.values("page_reverse").last?.lowercased() ?? "")
        query.marker = try Self.marker(parameters, of: resource)
        if query.reverse, query.marker != nil || query.limit != nil {
            hasTacitLimit = query.limit == nil
            query.limit = min(query.limit ?? Self.mostReversed, Self.mostReversed)
        }
        linkParameters = parameters.pairs.filter { $0.name != "marker" && $0.name != "page_reverse" }
    }

    /// The most objects of a page before a marker or the end, which is held whole; its links lead to the rest.
    private static let mostReversed = 10_000

    /// The members wanted; nil for all.
    static func fields(_ parameters: QueryString) -> Set<String>? {
        let fields = parameters.values("fields").filter { !$0.isEmpty }
        return fields.isEmpty ? nil : Set(fields)
    }

    private static func sort(
        _ parameters: QueryString,
        of resource: Resource,
        viewerIsAdmin: Bool
    ) throws(Fault) -> [ListQuery.SortKey] {
        let keys = parameters.values("sort_key")
        let directions = parameters.values("sort_dir")
        guard keys.count == directions.count else {
            throw .badRequest("The number of sort_keys and sort_dirs must be same")
        }
        var sort: [ListQuery.SortKey] = []
        for (key, direction) in zip(keys, directions) {
            guard let attribute = resource.attribute(named: key), attribute.uses.contains(.sort),
                attribute.isSeen(byAdmins: viewerIsAdmin), let field = attribute.field
            else { throw .badRequest("'\(key)' is not a sortable attribute") }
            guard direction == "asc" || direction == "desc" else {
                throw .badRequest("'\(direction)' is not a direction: it is 'asc' or 'desc'")
            }
            sort.append(ListQuery.SortKey(field, descending: direction == "desc"))
        }
        return sort
    }

    private static func limit(_ parameters: QueryString, greatest: Int) throws(Fault) -> Int? {
        let bound = greatest > 0 ? greatest : nil
        guard let text = parameters.values("limit").last else { return bound }
        guard let limit = Int32(text), limit >= 0 else {
            throw .badParameter("Limit must be an integer 0 or greater and not '\(text)'")
        }
        return limit == 0 ? bound : min(Int(limit), bound ?? Int.max)
    }

    private static func marker(_ parameters: QueryString, of resource: Resource) throws(Fault) -> String? {
        guard let marker = parameters.values("marker").last, !marker.isEmpty else { return nil }
        guard let id = ID<Any>(marker) else { throw resource.notFound(marker) }
        return id.description
    }
}
