internal import Logging
internal import Postgres
internal import ServiceLifecycle

extension FeedTail {
    private static let poll = Duration.seconds(1)
    private static let compactionPause = Duration.seconds(60)
    private static let batch = 1000
    /// The shortest time between two looks: a busy feed is read in batches.
    private static let breath = Duration.milliseconds(2)

    /// Follows the feed until the shutdown; the watches end then.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.listen() }
                group.addTask { await self.compactNowAndThen() }
                group.addTask { await self.follow() }
            }
        }
        watchers.finish(.closed)
    }

    private func listen() async {
        for await _ in store.database.notifications(on: Self.channel) { alarm.ring() }
    }

    private func follow() async {
        var pace = FeedPace(poll: Self.poll)
        while !Task.isCancelled {
            do throws(ChangeFeedError) {
                pace.looked(isInVain: try await look())
            } catch .compacted {
                // Away for longer than entries are kept: every watcher has missed some.
                watchers.finish(.compacted)
                watchers.forgetPosition()
            } catch {
                logger.debug("the change feed could not be read", metadata: ["error": "\(error)"])
                pace.looked(isInVain: false)
            }
            try? await Task.sleep(for: Self.breath)
            await alarm.wait(atMost: pace.pause)
        }
    }

    /// Hands everything that has come to the watchers, and says whether there was something, but all of it held back.
    private func look() async throws(ChangeFeedError) -> Bool {
        guard let position = watchers.position else {
            do throws(PostgresError) {
                watchers.begin(at: try await store.position())
            } catch {
                throw .database(error)
            }
            return false
        }
        var batch = try await store.read(after: position, limit: Self.batch)
        let isInVain = batch.isHeldBack && batch.entries.isEmpty
        watchers.deliver(batch)
        while batch.isFull, !Task.isCancelled {
            batch = try await store.read(after: batch.position, limit: Self.batch)
            watchers.deliver(batch)
        }
        return isInVain
    }

    private func compactNowAndThen() async {
        while !Task.isCancelled {
            do {
                while try await store.compact(retention) > 0 {}
            } catch {
                logger.debug("the change feed could not be compacted", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.compactionPause * Double.random(in: 0.8...1.2))
        }
    }
}

/// How long to wait for the next look: a second, but only moments while an open transaction holds entries back.
struct FeedPace {
    let poll: Duration
    private var looksInVain = 0

    init(poll: Duration) {
        self.poll = poll
    }

    mutating func looked(isInVain: Bool) {
        looksInVain = isInVain ? looksInVain + 1 : 0
    }

    var pause: Duration {
        looksInVain == 0 ? poll : min(poll, .milliseconds(2 << min(looksInVain, 7)))
    }
}
