// PyTorch, where Python has it: a process that makes a training step when it is asked to. Debian's: `apt-get install python3-torch`.
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Work } from './measure.ts'

/** PyTorch in a process of its own. */
export interface Torch {
  readonly version: string
  /** A training step of a network of torch-steps.py, which gives the milliseconds that it had cores. */
  readonly step: (network: string, batch: number) => Work
  readonly close: () => void
}

/** Where it may be: Debian's own first. */
const PYTHONS = ['/usr/bin/python3', 'python3']

/** glibc gives large arrays back to the system and takes them anew at every step, unless it is told not to. */
const KEEP_MEMORY = { MALLOC_MMAP_THRESHOLD_: '4294967296', MALLOC_TRIM_THRESHOLD_: '4294967296' }

/** Starts it on some threads. Throws where there is no Python with PyTorch. */
export async function startTorch(threads: number): Promise<Torch> {
  const script = fileURLToPath(new URL('torch-steps.py', import.meta.url))
  const command = PYTHONS.find((name) => spawnSync(name, ['-c', 'import torch']).status === 0)
  if (!command)
    throw new Error(
      '--torch needs a python3 with torch: on Debian, apt-get install python3-torch, which is for /usr/bin/python3',
    )
  const python = spawn(command, [script, String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...KEEP_MEMORY },
  })
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the process of PyTorch ended: its message stands above')
    return value as string
  }
  const version = await answer()
  return {
    version,
    step: (network, batch) => async () => {
      python.stdin.write(`${network} ${batch}\n`)
      return Number(await answer())
    },
    close: () => void python.kill(),
  }
}
