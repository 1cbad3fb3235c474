// The command behind `pnpm repro`: reads its arguments, lists the apps or runs one, and prints what came of it. Exit codes:
// 0 done, 1 it failed, 2 it was asked wrongly, 130 interrupted.
import { join } from 'node:path'
import { styleText } from 'node:util'
import { CommanderError } from 'commander'
import { appsIn, findApp } from './apps.node.ts'
import type { App } from './apps.node.ts'
import { program, readArguments, resumingCommand, taskOf } from './arguments.node.ts'
import type { Arguments, AskedTask } from './arguments.node.ts'
import { catalogue } from './catalogue.node.ts'
import { checkpointFolder } from './checkpoint-folder.node.ts'
import { UsageError } from './errors.ts'
import { claimFolder } from './folder-lock.node.ts'
import { interruption } from './interrupt.node.ts'
import { keeper } from './keeper.ts'
import { progressDisplay } from './progress-display.node.ts'
import type { Result, RunEvent } from './result.ts'
import { type Lost, type ResultsFolder, resultsFolder } from './results-folder.node.ts'
import { summary } from './summary.ts'
import { wrapped } from './table.ts'
import { appThread, peakMemoryMB } from './thread.node.ts'
import { type Failure, conduct } from './thread.ts'

const width = 100

const appsFolder = 'apps'

const defaultOut = ({ name }: App): string => join('results', name)

/**
 * Runs the command with `argv` (without node and script) and gives its exit code. `module` is the one that calls
 * `serveApp` when it finds itself in a thread.
 */
export async function command(argv: readonly string[], module: URL): Promise<number> {
  let unwritten: Error | undefined
  process.stdout.on('error', (error) => (unwritten ??= hasLeft(error) ? undefined : error))
  process.stderr.on('error', () => {}) // nobody is left to be told
  const code = await obey(argv, module)
  await new Promise((resolve) => process.stdout.write('', resolve))
  if (!unwritten) return code
  process.stderr.write(`standard output could not be written: ${unwritten.message}\n`)
  return code === 0 ? 1 : code
}

/** Whether a stream ends because its reader did, such as `head` or a terminal that is closed. */
const hasLeft = (error: Error & { readonly code?: string }): boolean => ['EPIPE', 'EIO'].includes(error.code ?? '')

async function obey(argv: readonly string[], module: URL): Promise<number> {
  try {
    const given = readArguments(argv)
    if (given.name === undefined) return await list(given)
    const resuming = resumingCommand(argv)
    return await run(findApp(given.name, appsFolder), given, { module, resuming })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

async function list({ options }: Arguments): Promise<number> {
  const apps = appsIn(appsFolder)
  const [option] = Object.keys(options)
  if (option !== undefined) {
    const example = `${program} ${apps[0]?.name ?? 'NAME'} --${option}`
    throw new UsageError('BAD_OPTION', `--${option} needs the name of an app, as in '${example}'`)
  }
  if (apps.length === 0) throw new UsageError('NO_SUCH_APP', 'no apps here: run this in the root of the repository')
  process.stdout.write(`${await catalogue(apps, { width, resultsOf: defaultOut })}\n`)
  process.stdout.write(`'${program} NAME' runs one; '${program} --help' lists the options.\n`)
  return 0
}

async function run(
  app: App,
  { options }: Arguments,
  { module, resuming }: { module: URL; resuming: string },
): Promise<number> {
  // what a file of weights says of images is no result of the experiment
  const out = options.out ?? (options.weights === undefined ? defaultOut(app) : `${defaultOut(app)}-classified`)
  const task = taskOf(options)
  const release = claimFolder(out)
  process.once('exit', release)
  const display = progressDisplay(process.stderr)
  process.once('exit', display.close)
  const folder = resultsFolder(out, display.line)
  const announce = announcer(display.line)
  const signal = interruption()
  signal.addEventListener('abort', () => display.line('Stopping at the next step; Ctrl-C again stops at once.'))

  const kept = keeper(checkpointFolder(join(out, 'checkpoints')))
  const { result, failure, resumable } = await conduct(appThread(module, app.main), task, {
    kept,
    signal,
    onEvent(event) {
      folder.take(event)
      announce(event)
      display.take(event)
    },
    peakMemoryMB,
  })
  display.close()

  const failed = failure !== undefined && !signal.aborted
  const whole = result !== undefined && !result.partial
  if (failed) {
    process.stderr.write(`${failureText(failure, task)}\n`)
    if (['BAD_OPTION', 'DAMAGED_CHECKPOINT'].includes(failure.code ?? '')) return 2
  }
  const told = (failed && !result?.rows.length) || conclude(out, folder, result)
  if (whole && told) await kept.remove()
  else if (resumable) (failed ? process.stderr : process.stdout).write(`${resuming} goes on from here.\n`)
  return failed || (whole && !told) ? 1 : whole ? 0 : 130
}

/** Writes and prints a result; false if some of it could not be written. */
function conclude(out: string, folder: ResultsFolder, result: Result | undefined): boolean {
  if (result === undefined) {
    process.stderr.write('Stopped before the experiment began: no results.\n')
    return true
  }
  const { written, lost } = folder.finish(result)
  const places = written ? placesOf(out, written, lost) : `none; the complete ones of before are still in ${out}`
  const [heading, ...lines] = summary(result, { width, places }).split('\n')
  process.stdout.write(`${[styleText('bold', heading), ...lines].join('\n')}\n`)
  for (const { reason } of lost) process.stderr.write(`${reason}: it is lost; make room, or give another --out\n`)
  return lost.length === 0
}

/** Says at the start what runs, on what, and with which data. */
function announcer(line: (text: string) => void): (event: RunEvent) => void {
  let backend: string | undefined
  return (event) => {
    if (event.type === 'start') line(`${event.app}: ${event.slide} (${event.mode}, seed ${event.seed})`)
    if (event.type === 'backend' && backend === undefined) line(`back end ${(backend = event.backend)}`)
    if (event.type === 'describe') {
      const { data, note } = event.description
      if (data !== undefined) line(wrapped(`data: ${data}`, width))
      if (note !== undefined) line(wrapped(note, width))
    }
  }
}

/**
 * The message alone of an error with a code of its own, with the option that named the data folder if that is the matter; the stack of
 * any other, also of Node's `ERR_…`: that is a bug.
 */
function failureText({ code, message, stack }: Failure, { dataFolder, dataOption }: AskedTask): string {
  if (code === undefined || code.startsWith('ERR_')) return stack
  const ofData = dataFolder !== undefined && message.includes(dataFolder) && !message.includes('--data')
  return ofData ? `${message} (${dataOption} is ${dataFolder})` : message
}

function placesOf(out: string, { figures, files, partial }: Result, lost: readonly Lost[]): string {
  const kept = [
    ...['report.md', 'result.json'].filter((name) => lost.every((file) => file.name !== name)),
    ...(figures.length > 0 ? [`${figures.length} ${figures.length === 1 ? 'figure' : 'figures'} as SVG and PNG`] : []),
    ...files,
  ]
  return kept.length === 0 ? 'none' : `${partial ? 'partial, ' : ''}in ${out} (${kept.join(', ')})`
}
