// Reads the arguments of the command and checks what can be checked before an app is loaded. The one importer of commander.
import { accessSync, constants, readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { didYouMean } from '@scatterlab/tensor'
import { Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from './errors.ts'
import type { Task } from './thread.ts'

/** How the command is called here: by the repository's script, or as the program of the installed package. */
export const program: string = process.env['npm_lifecycle_event'] === 'repro' ? 'pnpm repro' : 'scatterlab-repro'

/** The options that were given. */
export interface Options {
  readonly quick?: true
  readonly full?: true
  readonly recipe?: string
  readonly weights?: string
  readonly seed?: number
  readonly backend?: string
  readonly data?: string
  readonly out?: string
  readonly resume?: true
}

/** The arguments as they were given. */
export interface Arguments {
  readonly name: string | undefined
  readonly options: Options
}

/** What to type for a run with `argv` to go on: the same, with --resume. */
export function resumingCommand(argv: readonly string[]): string {
  const quoted = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
  return [program, ...quoted, ...(argv.includes('--resume') ? [] : ['--resume'])].join(' ')
}

/**
 * Parses `argv` (without node and script). Throws CommanderError, after its message was printed, for arguments that it does
 * not know (with a suggestion), values that are none, and, with exit code 0, for --help.
 */
export function readArguments(argv: readonly string[]): Arguments {
  const command = new Command(program)
    .usage('[NAME] [options]')
    .description('Runs an experiment of the lecture. Without NAME: lists them.')
    .argument('[NAME]', 'the app to run, or the path of its folder')
    .addOption(new Option('--quick', 'a result within a minute or so (default)').conflicts('full'))
    .option('--full', "the slide's own protocol")
    .addOption(new Option('--recipe <name>', 'another recipe of the app, such as the published one').conflicts('quick'))
    .option('--weights <file>', 'classifies the images in --data by the weights of a finished run')
    .option('--seed <number>', 'seed of everything random (default 1)', wholeNumber)
    .option('--backend <name>', 'reference, wasm or gpu (default: the fastest that works here)')
    .option('--data <folder>', 'folder of data sets (default: $SCATTERLAB_DATA)')
    .option('--out <folder>', 'folder for the results (default: results/NAME)')
    .option('--resume', 'go on from the last checkpoint of an interrupted run')
    .helpOption('--help', 'shows this')
    .exitOverride()
  command.parse(argv, { from: 'user' })
  return { name: command.args[0], options: command.opts<Options>() }
}

/** What is to be run, and which option named its data folder. */
export interface AskedTask extends Task {
  readonly dataOption: string
}

/** What `options` ask for. Throws {@link UsageError} `BAD_OPTION` for a data folder or a file of weights that is none, or may not be read. */
export function taskOf({ full, recipe, weights: file, seed = 1, backend, data, resume }: Options): AskedTask {
  const mode = full || recipe !== undefined ? 'full' : 'quick'
  const weights = file === undefined ? undefined : { file, bytes: bytesOf(file) }
  const dataOption = data === undefined ? 'SCATTERLAB_DATA' : '--data'
  const folder = data ?? (process.env['SCATTERLAB_DATA'] || undefined)
  const dataFolder = folder === undefined ? undefined : checkedFolder(folder, dataOption)
  return { mode, recipe, weights, seed, backend, dataFolder, dataOption, resume: resume === true }
}

/** The contents of a file of weights. Throws {@link UsageError} `BAD_OPTION`. */
function bytesOf(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError('BAD_OPTION', `--weights: '${file}' cannot be read (${why})`, { cause: error })
  }
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('Give a whole number from 0, such as 1.')
}

function checkedFolder(folder: string, option: string): string {
  if (!isFolder(folder)) {
    throw new UsageError('BAD_OPTION', `${option}: there is no folder '${folder}'.${nearTo(folder)}`)
  }
  try {
    accessSync(folder, constants.R_OK | constants.X_OK)
  } catch (error) {
    throw new UsageError('BAD_OPTION', `${option}: '${folder}' may not be read`, { cause: error })
  }
  return resolve(folder)
}

function nearTo(folder: string): string {
  const parent = dirname(resolve(folder))
  if (!isFolder(parent)) return ''
  const siblings = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return didYouMean(
    basename(folder),
    siblings.map(({ name }) => name),
  )
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
