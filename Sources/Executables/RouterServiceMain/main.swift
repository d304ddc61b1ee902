import RouterService
import ServiceRuntime

await ProgramMain.run(RouterServiceProgram.self)
