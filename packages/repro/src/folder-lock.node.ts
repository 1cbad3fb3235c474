// A results folder belongs to one run at a time: a file in it says which process has it. Making that file also shows, before any work,
// that the folder can be written.
import { closeSync, openSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { UsageError } from './errors.ts'
import { makeFolder } from './whole-file.node.ts'

/** The process that has a folder. */
interface Holder {
  readonly pid: number
  readonly host: string
  /** When it started, in the clock of the system; null where that cannot be known. */
  readonly started: string | null
}

/** How long a file without a holder may be one that is just being written, in milliseconds. */
const grace = 10_000

/**
 * Makes the folder `path` if need be and claims it; gives what releases it, which also removes folders that it made and that are
 * empty. Throws {@link UsageError} `BAD_OPTION` where nothing can be written, and `BUSY` while another run has it; the claim of a
 * process that is gone does not count.
 */
export function claimFolder(path: string): () => void {
  if (path === '') throw new UsageError('BAD_OPTION', "--out is '': give a folder, such as results/mnist")
  const lock = join(path, '.lock')
  const { pid } = process
  const mine = JSON.stringify({ pid, host: hostname(), started: startOf(pid) } satisfies Holder)
  let made: readonly string[] = []
  const release = () => {
    if (textOf(lock) === mine) rmSync(lock, { force: true })
    try {
      for (const folder of made.toReversed()) rmdirSync(folder)
    } catch {
      // it holds results
    }
  }
  try {
    made = makeFolder(resolve(path))
    while (!created(lock, mine)) {
      const text = textOf(lock)
      if (text !== undefined) refuseIfHeld(path, lock, text)
      if (text !== undefined) discard(lock, text)
    }
    return release
  } catch (error) {
    release()
    if (error instanceof UsageError) throw error
    const fix = 'give a folder that can be written, which is made if it is not there'
    throw new UsageError('BAD_OPTION', `--out: ${(error as Error).message}; ${fix}`, { cause: error })
  }
}

/** Writes a file that is not there; false if it is. */
function created(path: string, text: string): boolean {
  let file: number
  try {
    file = openSync(path, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeSync(file, text)
    return true
  } catch (error) {
    rmSync(path, { force: true })
    throw new Error(`${path} could not be written (${(error as Error).message})`, { cause: error })
  } finally {
    closeSync(file)
  }
}

function refuseIfHeld(path: string, lock: string, text: string): void {
  const holder = holderIn(text)
  if (!holder && Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0) > grace) return
  if (holder && holder.host === hostname() && !isAlive(holder)) return
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'it is just starting'
  const gone = holder?.host === hostname() ? '' : `; if that run is gone, delete ${lock}`
  throw new UsageError(
    'BUSY',
    `--out: another run writes into '${path}' (${who}): wait until it is over, or give another --out${gone}`,
  )
}

/** Removes a file that holds `text`; leaves one that another process has put there meanwhile. */
function discard(path: string, text: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return // somebody was faster
  }
  if (textOf(aside) === text) rmSync(aside)
  else renameSync(aside, path)
}

function holderIn(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder
    return Number.isSafeInteger(holder.pid) && holder.pid > 0 && typeof holder.host === 'string' ? holder : undefined
  } catch {
    return undefined
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startOf(pid)
  // another process may have got its number since
  return started === null || now === null || started === now
}

/** Field 22 of /proc/PID/stat, after the name in parentheses: ticks from the start of the system. */
function startOf(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
