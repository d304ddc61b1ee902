import Sluice

await SluiceCommand.main()
