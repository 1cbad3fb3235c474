// The command behind `pnpm repro`: reads its arguments, lists the apps or runs one, and prints what came of it. Exit codes:
// 0 done, 1 it failed, 2 it was asked wrongly, 130 interrupted.
import { join } from 'node:path'
import { styleText } from 'node:util'
import { CommanderError } from 'commander'
import { peakMemoryMB, startApp } from './app-thread.ts'
import type { Failure } from './app-thread.ts'
import { appsIn, findApp } from './apps.ts'
import type { App } from './apps.ts'
import { program, readArguments, resumingCommand, taskOf } from './arguments.ts'
import type { Arguments } from './arguments.ts'
import { catalogue } from './catalogue.ts'
import { checkpointFolder } from './checkpoint-folder.ts'
import { UsageError } from './errors.ts'
import { onInterrupt } from './interrupt.ts'
import { progressDisplay } from './progress-display.ts'
import { ledger } from './result.ts'
import type { Result, RunEvent } from './result.ts'
import { resultsFolder } from './results-folder.ts'
import { summary } from './summary.ts'
import { wrapped } from './table.ts'

/** How long an interrupted app may take to come to its next step, in milliseconds; then its thread is ended. */
const patience = 1500

const width = 100

const appsFolder = 'apps'

const defaultOut = ({ name }: App): string => join('results', name)

/**
 * Runs the command with `argv` (without node and script) and gives its exit code. `module` is the one that calls
 * `serveApp` when it finds itself in a thread.
 */
export async function command(argv: readonly string[], module: URL): Promise<number> {
  process.stdout.on('error', () => {}) // a reader such as `head` may leave early
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
  const out = options.out ?? defaultOut(app)
  const task = taskOf(app, options, out)
  const folder = resultsFolder(out)
  const checkpoints = checkpointFolder(task.checkpointsAt)
  let resumable = false
  const display = progressDisplay(process.stderr)
  process.once('exit', display.close)
  const announce = announcer(display.line)
  const reached = ledger()
  const began = performance.now()
  const partial = (error?: string) =>
    reached.result({ seconds: (performance.now() - began) / 1000, peakMemoryMB: peakMemoryMB(), partial: true, error })

  const running = startApp(module, task, {
    onEvent(event) {
      reached.take(event)
      folder.take(event)
      announce(event)
      display.take(event)
      if (event.type === 'resume') resumable = true
    },
    onCheckpoint(name, bytes) {
      try {
        checkpoints.write(name, bytes)
        resumable = true
      } catch (error) {
        display.line(
          `checkpoint '${name}' could not be kept: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    },
  })
  const interrupt = onInterrupt(() => {
    running.interrupt()
    display.line('Stopping at the next step; Ctrl-C again stops at once.')
  })
  const ended = await Promise.race([running.ended, interrupt.longAgo(patience)])
  await running.kill()
  display.close()

  const conclude = (result: Result | undefined): void => {
    if (result === undefined) return void process.stderr.write('Stopped before the experiment began: no results.\n')
    const written = folder.finish(result)
    const places = written ? placesOf(out, result) : `none; the complete ones of before are still in ${out}`
    const [heading, ...lines] = summary(result, { width, places }).split('\n')
    process.stdout.write(`${[styleText('bold', heading), ...lines].join('\n')}\n`)
  }
  const sayHowToResume = (stream: NodeJS.WriteStream): void => {
    if (resumable) stream.write(`${resuming} goes on from here.\n`)
  }
  if (ended?.type === 'result' && !ended.result.partial) {
    conclude(ended.result)
    if (resumable) checkpoints.remove()
    return 0
  }
  if (ended?.type !== 'failure' || interrupt.happened()) {
    conclude(ended?.type === 'result' ? ended.result : partial())
    sayHowToResume(process.stdout)
    return 130
  }
  process.stderr.write(`${failureText(ended.failure)}\n`)
  if (ended.failure.code === 'BAD_OPTION') return 2
  const rest = partial(ended.failure.message)
  if (rest && rest.rows.length > 0) conclude(rest)
  sayHowToResume(process.stderr)
  return 1
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

/** The message alone of an error with a code of its own; the stack of any other, also of Node's `ERR_…`: that is a bug. */
const failureText = ({ code, message, stack }: Failure): string =>
  code === undefined || code.startsWith('ERR_') ? stack : message

function placesOf(out: string, { figures, files, partial }: Result): string {
  const kept = [
    'report.md',
    'result.json',
    ...(figures.length > 0 ? [`${figures.length} ${figures.length === 1 ? 'figure' : 'figures'} as SVG and PNG`] : []),
    ...files,
  ]
  return `${partial ? 'partial, ' : ''}in ${out} (${kept.join(', ')})`
}
