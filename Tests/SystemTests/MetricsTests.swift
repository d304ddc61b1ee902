import Glibc
import Testing

@testable import Sluice

extension SystemUnderTest {
    /// The metrics of a program without those that have labels, as Prometheus would read them.
    func metrics(of program: String) throws -> [String: Double] {
        var values: [String: Double] = [:]
        for line in try metricsText(of: program).split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if words.count == 2, let value = Double(words[1]) { values[String(words[0])] = value }
        }
        return values
    }

    /// What a program answers at `/metrics`, status line and headers included.
    func metricsText(of program: String, path: String = "/metrics") throws -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: demo.cluster.folder.metricsSocket(program).utf8)
        }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw SluiceError("\(program)'s metrics: \(errorText())") }
        let request = "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL))
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { text += buffer[..<count] }
        return String(decoding: text, as: UTF8.self)
    }
}
