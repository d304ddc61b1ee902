internal import ResourceModel

/// The links of a list's answer to the pages before and after.
///
/// Source: Networking API v2.0, "Pagination".
struct PageLinks {
    /// The request's URL without parameters.
    var url: String
    var parameters: ListParameters

    /// The links of a page; nil when the list was not limited.
    ///
    /// A forward page that came back short is the last one; a reverse page that did is the first one.
    func links(count: Int, firstID: String?, lastID: String?) -> JSONValue? {
        guard let limit = parameters.query.limit else { return nil }
        let isShort = count < limit
        if isShort, parameters.hasTacitLimit { return nil }
        var links: [JSONValue] = []
        if !isShort || parameters.query.reverse {
            links.append(["rel": "next", "href": .string(href(marker: lastID, reverse: false))])
        }
        if !isShort || !parameters.query.reverse {
            links.append(["rel": "previous", "href": .string(href(marker: firstID, reverse: true))])
        }
        return .array(links)
    }

    private func href(marker: String?, reverse: Bool) -> String {
        var pairs = parameters.linkParameters
        if let marker { pairs.append(QueryString.Pair(name: "marker", value: marker)) }
        if reverse { pairs.append(QueryString.Pair(name: "page_reverse", value: "True")) }
        return "\(url)?\(QueryString(pairs: pairs).encoded)"
    }
}
