import AgentService
import ServiceRuntime

await ProgramMain.run(AgentServiceProgram.self)
