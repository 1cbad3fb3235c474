// The commands and their options, as commander knows them. What a command does is in a file of its own, loaded when it is asked for.
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addInfo } from './commands/add-info.ts'
import { addInverse } from './commands/add-inverse.ts'
import { addModels } from './commands/add-models.ts'
import { addTransform } from './commands/add-transform.ts'
import { addQueue } from './queue/add-queue.ts'
import { addCompletion } from './completion/add-completion.ts'
import { exitCodesInWords } from './exit-codes.ts'

/** Takes the exit code of a command that has ended. */
export type Finish = (code: number) => void

/** The command with all its subcommands; each tells `finish` how it ended. Throws CommanderError instead of ending the process. */
export function program(finish: Finish): Command {
  const command = new Command('scatterlab')
    .description('Wavelet scattering features of folders of images, sounds and arrays.')
    .version(version(), '--version', 'the version')
    .helpOption('--help', 'shows this')
    .helpCommand(false)
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `\n${exitCodesInWords}\n\n'scatterlab COMMAND --help' shows the options of one, with examples.`,
    )
  addTransform(command, finish)
  addQueue(command, finish)
  addModels(command, finish)
  addInfo(command, finish)
  addInverse(command, finish)
  addCompletion(command, finish)
  return command
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
