internal import ResourceModel

/// The gateway's transcoding by itself, without sockets: for measuring it.
package struct DetachedTranscoder: Sendable {
    private let codec: ResourceCodec
    private let view: RenderingPlan

    /// For lists of floating IPs as an administrator sees them.
    ///
    /// - Throws: The attribute table does not fit the contracts, which is a defect.
    package init() throws {
        codec = try ResourceCodec(.floatingIP)
        view = try codec.view(for: RequestContext(projectID: "", roles: [.admin], requestID: ""))
    }

    /// Writes the answer to `GET /v2.0/floatingips` in pieces, as to a client.
    ///
    /// - Parameters:
    ///   - answer: The bytes of a `l3.floatingip.v1.ListFloatingIPsResponse`.
    ///   - write: Takes a piece of the JSON text.
    /// - Throws: The bytes are no such message.
    package func list(_ answer: [UInt8], _ write: ([UInt8]) -> Void) throws {
        let collection = codec.resource.collection
        let field = codec.calls.page[collection]
        var list = ListRenderer(collection: collection, capacity: ListAnswer.pieceSize * 5 / 4)
        var place: Int? = 0
        while let start = place {
            place = try list.append(answer, field: field, from: start, by: view, upTo: ListAnswer.pieceSize)
            write(list.takePiece())
        }
        write(list.finish())
    }
}
