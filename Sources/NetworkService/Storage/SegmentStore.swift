internal import Postgres

/// Finds segmentation ids that no network has.
struct SegmentStore: Sendable {
    let source: any QueryRunner

    /// How many ids in a row are tried before the smallest free one is looked for.
    private static let tries = 8

    /// An id that is free, unless another takes it in the meantime; nil when all are taken.
    func freeSegmentationID(for segment: Segment) async throws -> Int64? {
        guard let range = segment.type.segmentationIDs else { return nil }
        for _ in 0..<Self.tries {
            let candidate = try await nextCandidate(for: segment.type)
            if try await isFree(candidate, for: segment) { return candidate }
        }
        return try await smallestFree(in: range, for: segment)
    }

    private func nextCandidate(for type: NetworkType) async throws -> Int64 {
        let sequence = "\(type.rawValue)_segmentation_ids"
        let candidate = try await source.first("SELECT nextval(\(sequence)::regclass)") { row throws(PostgresError) in
            try row.column(0, as: Int64.self)
        }
        return candidate ?? 0
    }

    private func isFree(_ candidate: Int64, for segment: Segment) async throws -> Bool {
        let rows = try await source.query(
            """
            SELECT 1 FROM networks
            WHERE provider_network_type = \(segment.type.rawValue)
                AND provider_physical_network = \(segment.physicalNetwork) AND provider_segmentation_id = \(candidate)
            """
        )
        return rows.isEmpty
    }

    private func smallestFree(in range: ClosedRange<Int64>, for segment: Segment) async throws -> Int64? {
        // The smallest free id is the first of the range, or follows one that is taken.
        try await source.first(
            """
            WITH taken AS (
                SELECT provider_segmentation_id AS id FROM networks
                WHERE provider_network_type = \(segment.type.rawValue)
                    AND provider_physical_network = \(segment.physicalNetwork))
            SELECT candidate FROM (SELECT \(range.lowerBound)::bigint UNION ALL SELECT id + 1 FROM taken) c (candidate)
            WHERE candidate BETWEEN \(range.lowerBound) AND \(range.upperBound)
                AND NOT EXISTS (SELECT FROM taken WHERE id = candidate)
            ORDER BY candidate LIMIT 1
            """
        ) { row throws(PostgresError) in try row.column(0, as: Int64.self) }
    }
}

extension Writing {
    /// How a network with a segment that looked free went in.
    enum Insertion: Sendable {
        case inserted(Network)
        case idTaken
        case segmentTaken
    }

    /// Puts a network in unless another has just taken its segment, which undoes nothing else of the transaction.
    func insertUnlessSegmentIsTaken(_ candidate: Network) async throws -> Insertion {
        do {
            return try await transaction.savepoint { transaction in
                try await NetworkStore(source: transaction).insert(candidate).map(Insertion.inserted) ?? .idTaken
            }
        } catch NetworkError.segmentTaken {
            return .segmentTaken
        }
    }
}
