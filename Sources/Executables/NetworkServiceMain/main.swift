import NetworkService
import ServiceRuntime

await ProgramMain.run(NetworkServiceProgram.self)
