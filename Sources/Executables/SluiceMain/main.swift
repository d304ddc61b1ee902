import Sluice

await SluiceCommand.start()
