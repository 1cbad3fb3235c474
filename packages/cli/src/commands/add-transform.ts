// `scatterlab transform` and `scatterlab merge`: their options.
import type { Command } from 'commander'
import type { Finish } from '../program.ts'
import { addOutputOptions, addTransformOptions, whole } from './options.ts'
import type { MergeFlags, TransformCommandFlags } from './transform.ts'

/** Adds both commands. */
export function addTransform(program: Command, finish: Finish): void {
  const transform = program
    .command('transform')
    .description('features of a folder of images or sounds, of a set or of an array')
    .argument('<input>', 'a folder, .npy, .npz, idx-ubyte, an image, a .wav; - for .npy from a pipe')
  addTransformOptions(addOutputOptions(transform))
    .option('--resume', 'go on from the shards of a run that was interrupted')
    .option('--overwrite', 'write over the output, and begin anew')
    .option('--shard <i/n>', 'only the i-th of n parts; merge joins them')
    .option('--shards <n>', 'how many parts, where JOB_COMPLETION_INDEX says which', whole(1, 16))
    .option('--shard-size <n>', 'items of a shard (default: by their number, at most 1,024)', whole(1, 1024))
    .option('--threads <n>', 'threads that read and transform (default: one for each processor)', whole(1, 4))
    .option('--json', 'the result as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', transformExamples)
    .action(async (input: string, flags: TransformCommandFlags) => {
      finish(await (await import('./transform.ts')).transform(input, flags))
    })

  addOutputOptions(program.command('merge').description('joins the shards of a run, when all are finished'))
    .argument('<folder>', 'the folder of the shards, which ends in .parts')
    .option('--overwrite', 'write over the output')
    .option('--keep', 'keep the shards')
    .option('--json', 'the result as JSON')
    .addHelpText(
      'after',
      `
Example:
  scatterlab merge features.npy.parts -o features.npy`,
    )
    .action(async (folder: string, flags: MergeFlags) => {
      finish(await (await import('./transform.ts')).merge(folder, flags))
    })
}

const transformExamples = `
Beside features.npy lies features.npy.json: what each coefficient is, the names of the rows, and the files that could not be read.

Examples:
  scatterlab transform photos -o features.parquet --size 64
  scatterlab transform photos -o features.npy --size 224 --scales 5 --averaging global --colour
  scatterlab transform sounds -o features.npz --length 65536 --scales 12 --q 8
  scatterlab transform digits.npy -o turned.npy --transform roto-translation
  scatterlab transform - -o - < images.npy > features.npy
  scatterlab transform photos -o features.npy --size 64 --shard 3/8`
