import Logging
import Synchronization

/// Keeps the messages of everything that is logged, with the level before each, and what was noted with them.
final class LogBook: Sendable {
    private let kept = Mutex<[(line: String, notes: [String: String])]>([])

    var lines: [String] { kept.withLock { $0.map(\.line) } }
    /// What was noted with each line.
    var notes: [[String: String]] { kept.withLock { $0.map(\.notes) } }
    var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        init(book: LogBook) {
            self.book = book
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let notes = (event.metadata ?? [:]).mapValues { "\($0)" }
            book.kept.withLock { $0.append((line: "\(event.level): \(event.message)", notes: notes)) }
        }
    }
}
