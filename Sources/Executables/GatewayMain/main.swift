import Gateway
import ServiceRuntime

await ProgramMain.run(GatewayProgram.self)
