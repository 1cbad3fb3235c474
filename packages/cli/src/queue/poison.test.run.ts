// Loaded before a worker's own code (node --import): whoever reads the file POISON is killed, and with POISON_ALL its worker too.
import { promises } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { POISON, POISON_ALL } = process.env
const { readFile } = promises
promises.readFile = (async (...read: Parameters<typeof readFile>) => {
  if (POISON !== undefined && read[0] === POISON) {
    if (POISON_ALL !== undefined) process.kill(process.ppid, 'SIGKILL')
    process.kill(process.pid, 'SIGKILL')
  }
  return readFile(...read)
}) as typeof readFile
syncBuiltinESMExports()
