internal import Glibc
public import Testing

/// Compares text with a golden file in the folder `Golden` beside the test, and writes the file when `RENEW_GOLDEN`
/// is 1.
///
/// Golden files hold what the kernel or a tool says, so that a reader sees what the code made of it.
public func expectGolden(
    _ text: String,
    _ name: String,
    file: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let folder = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
    let path = "\(folder)/Golden/\(name)"
    if KernelTools.environment("RENEW_GOLDEN") == "1" {
        mkdir("\(folder)/Golden", 0o755)
        if !write(text, to: path) { Issue.record("cannot write \(path)", sourceLocation: sourceLocation) }
        return
    }
    guard let golden = read(path) else {
        Issue.record("no golden file \(path); RENEW_GOLDEN=1 makes it", sourceLocation: sourceLocation)
        return
    }
    #expect(text == golden, "differs from \(path)", sourceLocation: sourceLocation)
}

private func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    return fputs(text, file) >= 0
}

private func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(contentsOf: buffer[..<count])
    }
}
