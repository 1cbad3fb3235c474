#!/usr/bin/env node
// The program behind `pnpm repro`. It is also the program of the thread in which the app computes.
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  const { command } = await import('./command.node.ts')
  process.exitCode = await command(process.argv.slice(2), new URL(import.meta.url))
  setTimeout(() => process.exit(), 1000).unref() // should a thread refuse to end
} else {
  const { serveApp } = await import('./thread.node.ts')
  serveApp()
}
