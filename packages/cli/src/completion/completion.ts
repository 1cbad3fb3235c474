// Scripts by which shells complete the command, made of the commands and options that it has: nothing is listed twice.
import type { Command } from 'commander'

/** Shells that have one. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** One of them. */
export type Shell = (typeof shells)[number]

interface Words {
  readonly name: string
  readonly about: string
  readonly options: readonly { readonly flag: string; readonly about: string; readonly choices: readonly string[] }[]
}

/** The script for `shell`; files are completed wherever no command, option or choice stands. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = program.commands.map(wordsOf)
  return { bash, zsh, fish }[shell](program.name(), commands)
}

const wordsOf = (command: Command): Words => ({
  name: command.name(),
  about: command.description(),
  options: command.options.map(({ long, short, description, argChoices }) => ({
    flag: long ?? short ?? '',
    about: description,
    choices: argChoices ?? [],
  })),
})

const flagsOf = ({ options }: Words): string => options.map(({ flag }) => flag).join(' ')

function bash(name: string, commands: readonly Words[]): string {
  const cases = commands.flatMap((command) => [
    ...command.options.flatMap(({ flag, choices }) =>
      choices.length > 0 ? [`    ${command.name},${flag}) words='${choices.join(' ')}' ;;`] : [],
    ),
    `    ${command.name},*) [[ $word == -* ]] && words='${flagsOf(command)} --help' ;;`,
  ])
  return `# completion of ${name} for bash
_${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=''
  if [[ $COMP_CWORD == 1 ]]; then words='${commands.map((command) => command.name).join(' ')} --help --version'
  else case "\${COMP_WORDS[1]},$before" in
${cases.join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _${name} ${name}
`
}

function zsh(name: string, commands: readonly Words[]): string {
  const quoted = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, (sign) => `\\${sign}`)
  const listed = commands.map(({ name, about }) => `    '${name}:${quoted(about)}'`)
  const cases = commands.map((command) => {
    const options = command.options.map(({ flag, about, choices }) => {
      const values = choices.length > 0 ? `:value:(${choices.join(' ')})` : ''
      return ` '${flag}[${quoted(about)}]${values}'`
    })
    return `    ${command.name}) _arguments${options.join('')} '*:file:_files' ;;`
  })
  return `#compdef ${name}
_${name}() {
  local -a commands=(
${listed.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local chosen=$words[2]
  shift words; (( CURRENT-- ))
  case $chosen in
${cases.join('\n')}
  esac
}
_${name} "$@"
`
}

function fish(name: string, commands: readonly Words[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = commands.flatMap((command) => [
    `complete -c ${name} -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.about)}`,
    ...command.options.map(({ flag, about, choices }) => {
      const values = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : ''
      return `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}' -l ${flag.replace(/^--/, '')}${values} -d ${quoted(about)}`
    }),
  ])
  return `# completion of ${name} for fish\n${lines.join('\n')}\n`
}
