internal import ResourceModel

/// A collection of the API: its names here and in the contracts, what can be done with it, and its attributes.
struct Resource: Sendable {
    /// The key of one object in bodies and in request messages, for example `router`.
    var name: String
    /// The key of several, and the collection's place in the URL, for example `routers`.
    var collection: String
    /// What error texts call it, for example `Router`.
    var title: String
    var notFound: ErrorReason
    var backend: Backend
    var contract: Contract
    var verbs: Verbs
    /// Whether its objects have revisions that a write can ask for.
    var hasRevision = true
    var isTaggable = true
    /// What its objects belong to; nil for a collection of its own.
    var parent: Parent?
    /// The kind of zones that `availability_zone_hints` name; nil where there are no hints, or the service knows them.
    var hintedZones: String?
    /// What an update without any attribute means.
    var emptyUpdate = JSONObject()
    var attributes: [Attribute]

    /// The service behind that owns the resource.
    enum Backend: Sendable, CaseIterable {
        case network
        case router
        case floatingIP
    }

    struct Verbs: OptionSet, Sendable {
        let rawValue: UInt8
        static let list = Verbs(rawValue: 1)
        static let get = Verbs(rawValue: 2)
        static let create = Verbs(rawValue: 4)
        static let update = Verbs(rawValue: 8)
        static let delete = Verbs(rawValue: 16)
        static let createBatch = Verbs(rawValue: 32)
        /// A create is known and always wrong: 400 rather than 405.
        static let refusedCreate = Verbs(rawValue: 64)
        static let crud: Verbs = [.list, .get, .create, .update, .delete]
    }

    /// The resource's words in the contracts, from which its methods' and messages' names are made.
    struct Contract: Sendable {
        /// For example `l3.router.v1`.
        var package: String
        /// For example `Routers`.
        var service: String
        /// For example `Router`.
        var noun: String
        /// For example `Routers`.
        var plural: String

        var message: String { "\(package).\(noun)" }
        func type(_ name: String) -> String { "\(package).\(name)" }
    }

    /// The objects that a sub-collection's belong to, each with one of its own.
    struct Parent: Sendable {
        /// The parents' place in the URL, for example `routers`.
        var collection: String
        /// The contract's field with the parent's id, for example `router_id`.
        var field: String
        /// What error texts call a parent.
        var title: String
        var notFound: ErrorReason

        /// Parents of a collection of the API.
        init(_ resource: Resource, field: String) {
            collection = resource.collection
            title = resource.title
            notFound = resource.notFound
            self.field = field
        }

        /// The parent's id of a URL in its canonical form.
        ///
        /// - Throws: 404 for what is no id.
        func id(_ text: String) throws(Fault) -> String {
            guard let id = ID<Any>(text) else { throw .notFound(notFound, "\(title) \(text)") }
            return id.description
        }
    }

    func attribute(named name: String) -> Attribute? { attributes.first { $0.name == name } }

    /// 404 in the resource's own words; also for what is no id at all.
    func notFound(_ id: String) -> Fault { .notFound(notFound, "\(title) \(id)") }
}
