// `scatterlab completion SHELL`: prints what the shell reads to complete commands and options.
import { Argument, type Command } from 'commander'
import type { Finish } from '../program.ts'
import { type Shell, completionScript, shells } from './completion.ts'

/** Adds the command. */
export function addCompletion(program: Command, finish: Finish): void {
  program
    .command('completion')
    .description('prints the completion of a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  scatterlab completion bash >> ~/.bashrc
  scatterlab completion zsh > ~/.zfunc/_scatterlab
  scatterlab completion fish > ~/.config/fish/completions/scatterlab.fish`,
    )
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, program))
      finish(0)
    })
}
