// The options that several commands have, and how their values are read. One file with program.ts knows commander.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../errors.ts'
import { OUTPUT_FORMATS, type OutputFormat } from '../formats/feature-writer.ts'
import type { InputOptions } from '../inputs/items.ts'
import { backEnds, type Computing } from '../transform/back-ends.ts'
import { type Kind, type TransformOptions, kinds, optionNames } from '../transform/settings.ts'

/** A whole number from `least`. */
export const whole =
  (least: number, example: number) =>
  (text: string): number => {
    if (/^\d+$/.test(text) && Number(text) >= least && Number.isSafeInteger(Number(text))) return Number(text)
    throw new InvalidArgumentError(`Give a whole number from ${least}, such as ${example}.`)
  }

/** A number above 0. */
export function above0(text: string): number {
  if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text)
  throw new InvalidArgumentError('Give a number above 0, such as 0.5.')
}

function sizeOf(text: string): readonly [number, number] {
  const [, height, width = height] = /^(\d+)(?:[x×](\d+))?$/.exec(text) ?? []
  if (Number(height) >= 1 && Number(width) >= 1) return [Number(height), Number(width)]
  throw new InvalidArgumentError('Give a side or HEIGHTxWIDTH in pixels, such as 64 or 48x64.')
}

function averagingOf(text: string): string {
  if (['window', 'global', 'none'].includes(text) || Number(text) >= 1) return text
  throw new InvalidArgumentError("Give 'window', 'global' or a number of samples.")
}

/** What says the transform, on the command line. */
export interface TransformFlags extends TransformOptions {
  readonly transform?: Kind
  readonly size?: readonly [number, number]
  readonly fit: 'crop' | 'stretch'
  readonly colour?: true
  readonly length?: number
  readonly array?: string
  readonly backend: Computing['backend']
  readonly deterministic?: true
}

/** Adds the options of the transform and of its inputs. */
export function addTransformOptions(command: Command): Command {
  return command
    .addOption(new Option('--transform <kind>', 'which one (default: 2d of images, 1d of sounds)').choices(kinds))
    .option('--scales <J>', 'number of scales (default: 3 of images, 8 of sounds)', whole(1, 3))
    .option('--orientations <L>', 'orientations of wavelets on images (default: 8)', whole(1, 8))
    .option('--order <m>', 'highest order (default: 2)', whole(0, 2))
    .option('--averaging <how>', "'window' (default), 'global', or on sounds a number of samples", averagingOf)
    .option('--oversampling <n>', 'coefficients 2^n times as densely (default: 0)', whole(0, 1))
    .addOption(
      new Option('--padding <how>', 'beyond the edges (default: reflect)').choices(['reflect', 'periodic', 'zero']),
    )
    .option('--q <Q>', 'wavelets per octave on sounds (default: 8)', whole(1, 8))
    .option('--stride <n>', 'on sounds, samples between coefficients, a power of two', whole(1, 256))
    .option('--rate <hertz>', 'sounds are brought to so many samples a second; of an array: what it has', above0)
    .option('--frequency-scales <J>', 'joint: octaves along log-frequency (default: 3)', whole(1, 3))
    .option('--frequency-q <Q>', 'joint: wavelets per octave along log-frequency (default: 1)', whole(1, 1))
    .option('--frequency-averaging <how>', "joint: 'global' or a number of wavelets", averagingOf)
    .addOption(
      new Option('--angular-averaging <how>', 'roto-translation: along angles (default: global)').choices([
        'global',
        'window',
        'none',
      ]),
    )
    .option('--size <side>', 'images are brought to this side, or HEIGHTxWIDTH', sizeOf)
    .addOption(new Option('--fit <how>', 'how they are').choices(['crop', 'stretch']).default('crop'))
    .option('--colour', 'red, green and blue each by itself (default: grey)')
    .option('--length <samples>', 'sounds are cut to this length, or go on in zeros', whole(2, 65_536))
    .option('--array <name>', 'the array in an .npz file')
    .addOption(new Option('--backend <name>', 'who computes').choices(backEnds).default('wasm'))
    .option('--deterministic', 'the same bits on every machine')
}

/** The options of the transform alone, as they were given. */
export const transformOf = (flags: TransformFlags): TransformOptions =>
  Object.fromEntries(optionNames.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])))

/** How inputs are read. */
export const readingOf = ({ size, fit, colour, length, rate, array }: TransformFlags): InputOptions => ({
  fit,
  colour: colour === true,
  ...(size && { size }),
  ...(length !== undefined && { length }),
  ...(rate !== undefined && { rate }),
  ...(array !== undefined && { array }),
})

/** Who computes. */
export const computingOf = ({ backend, deterministic }: TransformFlags): Computing => ({
  backend,
  deterministic: deterministic === true,
})

/** What says how the result is written. */
export interface OutputFlags {
  readonly output: string
  readonly format?: OutputFormat
  readonly dtype: 'float32' | 'float16'
  readonly columns: 'path' | 'list'
}

/** Adds the options of the output. */
export function addOutputOptions(command: Command): Command {
  return command
    .requiredOption('-o, --output <file>', 'where to: .npy, .npz, .parquet or .arrow; - for a pipe of .npy')
    .addOption(new Option('--format <format>', 'what to write, whatever the ending').choices(OUTPUT_FORMATS))
    .addOption(new Option('--dtype <type>', 'of the numbers').choices(['float32', 'float16']).default('float32'))
    .addOption(
      new Option('--columns <how>', 'Parquet and Arrow: a column of lists, or one for each path')
        .choices(['list', 'path'])
        .default('list'),
    )
}

/** The format by its name or by the ending of the output. Throws {@link UsageError} `BAD_OPTION`. */
export function formatOf({ output, format }: OutputFlags): OutputFormat {
  if (format) return format
  if (output === '-') return 'npy'
  const ending = /\.([^.]+)$/.exec(output)?.[1].toLowerCase()
  const found = OUTPUT_FORMATS.find((known) => known === ending) ?? (ending === 'feather' ? 'arrow' : undefined)
  if (found) return found
  throw new UsageError('BAD_OPTION', `-o ${output}: end it in .npy, .npz, .parquet or .arrow, or give --format`)
}
