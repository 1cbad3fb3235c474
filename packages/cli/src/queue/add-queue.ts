// `scatterlab submit`, `work` and `status`: their options. What they do, and Redis with it, is loaded when one of them is asked for.
import { type Command, Option } from 'commander'
import { addOutputOptions, addTransformOptions, above0, whole } from '../commands/options.ts'
import type { Finish } from '../program.ts'
import type { StatusFlags } from './status.ts'
import type { SubmitFlags } from './submit.ts'
import type { WorkFlags } from './work.ts'

const withQueue = (command: Command): Command =>
  command
    .addOption(
      new Option('--queue <address>', 'Redis, such as redis://localhost:6379; a password: redis://:PASSWORD@HOST')
        .env('SCATTERLAB_QUEUE')
        .makeOptionMandatory(),
    )
    .option('--name <name>', 'name of the queue', 'scatterlab')

/** Adds the three commands. */
export function addQueue(program: Command, finish: Finish): void {
  const submit = withQueue(program.command('submit'))
    .description('hands the shards of a run to a queue, for workers on any machine')
    .argument('<input>', 'as of transform; all machines see it, and the output, by the same path')
  addTransformOptions(addOutputOptions(submit))
    .option('--wait', 'show progress until all are finished, then write the output')
    .option('--attempts <n>', 'tries of a shard that fails, before it is set aside', whole(1, 5), 5)
    .option('--overwrite', 'write over the output')
    .option('--shard-size <n>', 'items of a shard (default: by their number, at most 1,024)', whole(1, 1024))
    .option('--json', 'the result as JSON')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      examples('submit /data/photos -o /data/features.parquet --size 64 --queue redis://head:6379 --wait'),
    )
    .action(async (input: string, flags: SubmitFlags) => {
      finish(await (await import('./submit.ts')).submit(input, flags))
    })

  withQueue(program.command('work'))
    .description('computes shards from a queue; any number of workers may come and go')
    .option('--threads <n>', 'shards at a time (default: one for each processor)', whole(1, 4))
    .option('--until-empty', 'end when the queue is empty')
    .option(
      '--patience <seconds>',
      'after so long without a sign of life, another worker takes a shard over',
      above0,
      30,
    )
    .option('--quiet', 'no lines about shards')
    .addHelpText(
      'after',
      examples('work --queue redis://head:6379', 'work --queue redis://head:6379 --threads 2 --until-empty'),
    )
    .action(async (flags: WorkFlags) => {
      finish(await (await import('./work.ts')).work(flags))
    })

  withQueue(program.command('status'))
    .description('how far the runs of a queue are; exit code 1 if shards were set aside')
    .option('--watch', 'again every two seconds, until all is done')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('status --queue redis://head:6379 --watch'))
    .action(async (flags: StatusFlags) => {
      finish(await (await import('./status.ts')).status(flags))
    })
}

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  scatterlab ${line}`).join('\n')}`
