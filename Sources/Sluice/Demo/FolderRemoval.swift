internal import FoundationEssentials

/// Removes a folder with everything in it.
enum FolderRemoval {
    /// Does nothing when there is no such folder.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
