// Re-exports only: the command, for a program that calls it in its own process.
export { command } from './command.ts'
export { CliError, UsageError } from './errors.ts'
export { exitCodes } from './exit-codes.ts'
