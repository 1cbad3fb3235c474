// A Redis of its own on a free port, gone with the test that started it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether Debian's redis-server is installed. */
export const hasRedis: boolean = spawnSync('redis-server', ['--version']).status === 0

/** A running server. */
export interface RedisServer {
  readonly address: string
  readonly pid: number
  /** Ends it by SIGKILL and starts it on the same port with what it had on its disk. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Starts one that writes every change to its disk; `flags` are more options of redis-server. */
export async function startRedis(...flags: readonly string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const port = await freePort()
  const start = async (): Promise<ChildProcess> => {
    const options = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
    ]
    const server = spawn('redis-server', [...options, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] })
    for await (const text of server.stdout) if (String(text).includes('Ready to accept')) break
    server.stdout.resume()
    return server
  }
  const end = async (server: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    const ended = once(server, 'exit')
    if (server.exitCode === null && server.kill(signal)) await ended
  }
  let server = await start()
  return {
    address: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid!
    },
    restart: async () => {
      await end(server, 'SIGKILL')
      server = await start()
    },
    close: async () => {
      await end(server, 'SIGTERM')
      rmSync(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
