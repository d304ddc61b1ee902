import FloatingIPService
import ServiceRuntime

await ProgramMain.run(FloatingIPServiceProgram.self)
