internal import GRPCCore

/// A header list of an answer (its head or its trailers), read field by field.
struct ResponseHead {
    private var fields: ReceivedFields
    private var httpStatus: Int?
    private var isGRPC = false
    private var code: Int?
    private var message: [UInt8] = []
    private var foreignEncoding: String?

    init(limit: Int) {
        fields = ReceivedFields(limit: limit)
    }

    var isBomb: Bool { fields.isBomb }

    mutating func take(name: RawSpan, value: RawSpan) {
        guard fields.admits(name: name, value: value), name.byteCount > 0 else { return }
        if name[0] == UInt8(ascii: ":") {
            if name.equals(":status") { httpStatus = value.decimal }
        } else if name.equals("content-type") {
            isGRPC = value.isGRPCContentType
        } else if !name.starts(with: "grpc-") {
            fields.keep(name: name, value: value)
        } else if name.equals("grpc-status") {
            code = value.decimal ?? Status.Code.unknown.rawValue
        } else if name.equals("grpc-message") {
            message = [UInt8](value)
        } else if name.equals("grpc-encoding") {
            foreignEncoding = value.equals("identity") ? nil : value.text
        } else if !name.equals("grpc-accept-encoding") {
            fields.keep(name: name, value: value)
        }
    }

    /// Whether these are the headers of a 1xx answer, which the real one follows.
    var isInformational: Bool { httpStatus.map { (100..<200).contains($0) } ?? false }

    /// The metadata that opens an answer.
    ///
    /// - Throws: the status with which the call ends if this is not the head of a gRPC answer.
    func head() throws(Ending) -> Metadata {
        if fields.isTooLarge { throw tooLarge }
        guard httpStatus == 200 else { throw ending() }
        guard isGRPC else { throw Ending(status: Status(code: .unknown, message: "answer is not gRPC")) }
        if let foreignEncoding {
            let message = "answer in unknown encoding '\(foreignEncoding)'"
            throw Ending(status: Status(code: .internalError, message: message))
        }
        return fields.metadata
    }

    /// The status and metadata that end an answer.
    func ending() -> Ending {
        if fields.isTooLarge { return tooLarge }
        if let code {
            let known = Status.Code(rawValue: code) ?? .unknown
            return Ending(
                status: Status(code: known, message: PercentEncoding.decode(message)),
                metadata: fields.metadata
            )
        }
        if let httpStatus, httpStatus != 200 {
            return Ending(status: Status(httpStatusCode: httpStatus), metadata: fields.metadata)
        }
        return Ending(status: Status(code: .unknown, message: "answer ended without a status"))
    }

    private var tooLarge: Ending {
        Ending(status: Status(code: .resourceExhausted, message: "answer's headers exceed \(fields.limit) octets"))
    }
}

/// How a call ended, as its caller is told.
struct Ending: Error {
    var status: Status
    var metadata: Metadata = [:]
}
