#!/usr/bin/env node
// The program `scatterlab`.
import { command } from './command.ts'
import { exitCodes } from './exit-codes.ts'

// a reader that has seen enough, such as `head`, ends it
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(exitCodes.done)
  })
}
process.exitCode = await command(process.argv.slice(2))
