import FoundationEssentials
import Glibc

/// The project's texts, read once from the tree in which these tests were compiled.
enum SourceTree {
    /// The project's root: three folders above this file, with symbolic links resolved.
    static let root: String = {
        guard let path = realpath(#filePath, nil) else { return "." }
        defer { free(path) }
        return String(cString: path).split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/")
    }()

    /// Everything written by hand under `Sources`.
    static let sources = files(under: "Sources")
    /// Everything written by hand under `Tests`.
    static let tests = files(under: "Tests")

    /// The file at this path from the root, if there is one.
    static func file(_ path: String) -> SourceFile? {
        guard let data = FileManager.default.contents(atPath: "\(root)/\(path)") else { return nil }
        return SourceFile(path: path, text: String(decoding: data, as: UTF8.self))
    }

    /// The texts under a folder that were written by hand, not by a generator; none where the folder is missing.
    static func files(under folder: String) -> [SourceFile] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
        return paths.sorted().compactMap { path in
            let ending = path.split(separator: ".").last.map(String.init) ?? ""
            guard ["swift", "sql", "proto", "c", "h", "sh", "yaml"].contains(ending) else { return nil }
            guard !path.contains("Generated/"), !path.hasPrefix("CContracts/") else { return nil }
            return file("\(folder)/\(path)")
        }
    }
}
