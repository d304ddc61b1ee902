/// One attribute of a resource, or of an object within one: all that the engine knows of it.
///
/// The tables are lists of these; no code elsewhere names an attribute to give it a rule.
struct Attribute: Sendable {
    /// Its name in JSON, for example `router:external`.
    var name: String
    /// The name of the contract's field that carries it; nil for a constant.
    var field: String?
    /// What values it takes, how they travel, and how they are shown.
    var type: AttributeType
    /// Where it may occur.
    var uses: Uses
    /// The attribute that it is another name of, which travels and counts in its place.
    var aliased: String?
    /// Whether a create must give it, under whatever name.
    var isRequired = false
    /// Whether a request may give null.
    var isNullable = false
    /// Who may give it.
    var setter = Setter.anyone
    /// A value that anyone may give, because it changes nothing.
    var harmlessValue: JSONValue?
    /// Who sees it in answers.
    var viewer = Viewer.everyone
    /// How an answer shows it when the contract's field is absent or empty.
    var emptyForm = EmptyForm.value
    /// The contract's flag that tells an empty list that was given from one that was not; used in creates.
    var givenField: String?
    /// Whether it is only asked for in filters: no message carries it.
    var isFilterAlone = false

    /// An attribute whose field bears its name, with `:` as `_`.
    init(_ name: String, _ type: AttributeType, _ uses: Uses = []) {
        self.name = name
        self.type = type
        self.uses = uses
        field = String(name.map { $0 == ":" ? "_" : $0 })
    }

    /// Where an attribute may occur in requests.
    struct Uses: OptionSet, Sendable {
        let rawValue: UInt8
        static let post = Uses(rawValue: 1)
        static let put = Uses(rawValue: 2)
        static let filter = Uses(rawValue: 4)
        static let sort = Uses(rawValue: 8)
        static let all: Uses = [.post, .put, .filter, .sort]
    }

    enum Setter: Sendable {
        case anyone
        case managers
        case admins
        case services
    }

    enum Viewer: Sendable {
        case everyone
        case admins
        /// Input only.
        case nobody
    }

    enum EmptyForm: Sendable {
        /// The type's empty value: `""`, `0`, `false`, `[]`; null for an object.
        case value
        case null
        /// The member is left out.
        case omitted
    }
}

// How tables say what is out of the ordinary.
extension Attribute {
    var required: Attribute { with { $0.isRequired = true } }

    /// Null may be given; an empty value is shown as null.
    var nullable: Attribute {
        with {
            $0.isNullable = true
            $0.emptyForm = .null
        }
    }

    /// Null may be given and means the type's empty value.
    var emptiedByNull: Attribute { with { $0.isNullable = true } }

    var nullWhenEmpty: Attribute { with { $0.emptyForm = .null } }
    var omittedWhenEmpty: Attribute { with { $0.emptyForm = .omitted } }
    /// A filter that no field bears; answers do not have it.
    var filterAlone: Attribute {
        with {
            $0.isFilterAlone = true
            $0.viewer = .nobody
        }
    }

    var inputOnly: Attribute { with { $0.viewer = .nobody } }
    var hiddenFromProjects: Attribute { with { $0.viewer = .admins } }

    func field(_ name: String) -> Attribute { with { $0.field = name } }

    func alias(of name: String) -> Attribute { with { $0.aliased = name } }
    func given(by name: String) -> Attribute { with { $0.givenField = name } }

    /// Only they may give it, except for the harmless value.
    func set(by setter: Setter, harmless: JSONValue? = nil) -> Attribute {
        with {
            $0.setter = setter
            $0.harmlessValue = harmless
        }
    }

    static func constant(_ name: String, _ value: JSONValue) -> Attribute {
        Attribute(name, .constant(value)).with { $0.field = nil }
    }

    private func with(_ change: (inout Attribute) -> Void) -> Attribute {
        var attribute = self
        change(&attribute)
        return attribute
    }
}
