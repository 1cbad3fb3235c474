// `scatterlab invert` and `scatterlab synthesise`: their options.
import type { Command } from 'commander'
import type { Finish } from '../program.ts'
import type { InvertFlags, SynthesiseFlags } from './inverse.ts'
import { whole } from './options.ts'

/** Adds both commands. */
export function addInverse(program: Command, finish: Finish): void {
  program
    .command('invert')
    .description('an image or a sound that has the coefficients of a row of features')
    .argument('<features>', '.npy or .npz from transform, with its .json beside it')
    .requiredOption('-o, --output <file>', '.npy; .png of an image, .wav of a sound')
    .option('--row <n>', 'which row (default: 0)', whole(0, 0))
    .option('--iterations <n>', 'at most (default: 100)', whole(1, 100))
    .option('--seed <n>', 'of the noise that it starts from', whole(0, 1))
    .option('--overwrite', 'write over the output')
    .option('--json', 'the result as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  scatterlab invert features.npy -o first.png --row 0 --iterations 50')
    .action(async (features: string, flags: InvertFlags) =>
      finish(await (await import('./inverse.ts')).invertRow(features, flags)),
    )

  program
    .command('synthesise')
    .description('a texture like that of an image: noise that is given its moments')
    .argument('<image>', 'the image')
    .requiredOption('-o, --output <file>', '.npy or .png')
    .option('--size <side>', 'side to which the image is brought (default: 128)', whole(8, 128))
    .option('--scales <J>', 'number of scales (default: 4)', whole(1, 4))
    .option('--orientations <L>', 'orientations of wavelets (default: 6)', whole(1, 6))
    .option('--order <m>', 'highest order (default: 2)', whole(0, 2))
    .option('--iterations <n>', 'at most (default: 200)', whole(1, 200))
    .option('--seed <n>', 'of the noise that it starts from', whole(0, 1))
    .option('--overwrite', 'write over the output')
    .option('--json', 'the result as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', '\nExample:\n  scatterlab synthesise bark.jpg -o more-bark.png --iterations 100')
    .action(async (image: string, flags: SynthesiseFlags) =>
      finish(await (await import('./inverse.ts')).synthesiseImage(image, flags)),
    )
}
