// `scatterlab info` and `scatterlab filters`: their options.
import { type Command, Option } from 'commander'
import type { Finish } from '../program.ts'
import type { FiltersFlags } from './filters.ts'
import { whole } from './options.ts'

/** Adds both commands. */
export function addInfo(program: Command, finish: Finish): void {
  program
    .command('info')
    .description('what a file or folder is: an array, features, a model, shards, an input')
    .argument('<path>', 'the file or folder')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  scatterlab info features.npy\n  scatterlab info features.npy.parts')
    .action(async (path: string, flags: { readonly json?: true }) =>
      finish(await (await import('./info.ts')).info(path, flags)),
    )

  program
    .command('filters')
    .description('the wavelets: a figure, and their Fourier transforms as .npy beside it')
    .requiredOption('-o, --output <file>', 'the figure, .svg or .png')
    .addOption(new Option('--of <what>', 'which bank').choices(['images', 'sounds']).default('images'))
    .option('--scales <J>', 'number of scales (default: 3 of images, 8 of sounds)', whole(1, 3))
    .option('--orientations <L>', 'of images (default: 8)', whole(1, 8))
    .option('--q <Q>', 'wavelets per octave of sounds (default: 8)', whole(1, 8))
    .option('--size <side>', 'of the grid (default: 32 of images, 4096 of sounds)', whole(8, 32))
    .option('--overwrite', 'write over both files')
    .option('--json', 'the result as JSON')
    .addHelpText('after', '\nExample:\n  scatterlab filters -o wavelets.svg --scales 4 --orientations 6')
    .action(async (flags: FiltersFlags) => finish(await (await import('./filters.ts')).filters(flags)))
}
