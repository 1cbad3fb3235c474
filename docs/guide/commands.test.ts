// The commands in pages and READMEs: each is there, with the options that stand behind it. Shell and Python blocks of the guide are
// read by their own interpreters; shell.test.ts and python.test.ts run what can be run.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = globSync(
  ['*.md', 'docs/*.md', 'docs/{guide,demos}/*.md', 'docs/experiments/ideas/*.md', '{apps,packages}/*/README.md'],
  { cwd: root },
)
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

interface Line {
  readonly page: string
  readonly words: readonly string[]
}

/** The commands of ours in a page: in fences, in indented lines and in the text, without comments and what they are piped to. */
function commandsIn(page: string): Line[] {
  const text = read(page)
  const fenced = [...text.matchAll(/^```(?:sh|bash)?\n([\s\S]*?)^```/gm)].flatMap(([, code]) => code!.split('\n'))
  const indented = [...text.matchAll(/^ {4}(.*)$/gm)].map(([, line]) => line!)
  const inline = [...text.matchAll(/`((?:pnpm|npx|scatterlab|scatterlab-repro) [^`\n]+)`/g)].map(([, line]) => line!)
  return [...fenced, ...indented, ...inline]
    .flatMap((line) => line.replace(/(^|\s)#.*$| goes on from here.*/g, '').split(/&&|\||;|--wrap '/))
    .map((command) => command.trim().split(/\s+/))
    .map((words) => (words[0] === 'npx' ? words.slice(words[1] === '-y' ? 2 : 1) : words))
    .map(([first = '', ...rest]) => [first.replace(/^(pnpm)@[\d.]+$/, '$1'), ...rest])
    .map((words) => (words[0] === 'pnpm' && words[1] === 'scatterlab' ? words.slice(1) : words))
    .filter(([first = '', second]) => /^(pnpm|scatterlab|scatterlab-repro)$/.test(first) && second !== undefined)
    .map((words) => ({ page, words: words.map((word) => word.replaceAll(/^['"]|['",.:]+$/g, '')) }))
}

const lines = pages.flatMap(commandsIn)
const of = (first: string, second?: string) =>
  lines.filter(({ words }) => words[0] === first && (second === undefined || words[1] === second))
const flags = (words: readonly string[]) =>
  words.filter((word) => word.startsWith('-')).map((word) => word.split('=')[0]!)

/** Whether an object in a source has that key. */
const names = (source: string, key: string): boolean => new RegExp(`(?:^ *|[{,] )'?${key}'?[:,]`, 'm').test(source)

/** The options of a program of ours that `parseArgs` reads, as its source has them. */
const optionsOf = (path: string): string[] =>
  [...read(path).matchAll(/(?:^ *|[{,] )'?([\w-]+)'?: \{ type: '/gm)].map(([, name]) => `--${name}`)

test('there are commands to look at', () => {
  expect(lines.length).toBeGreaterThan(100)
})

test('pnpm has each script', () => {
  const own = ['install', 'add', '-r', '--filter', '-s', 'pack']
  const missing = of('pnpm').filter(({ words }) => !(words[1]! in scripts) && !own.includes(words[1]!))
  expect(missing).toEqual([])
})

test('each experiment, with its recipe and its options', { timeout: 60_000 }, async () => {
  const { readArguments } = (await import(join(root, 'packages/repro/src/arguments.node.ts'))) as {
    readArguments(argv: readonly string[]): { name?: string; options: { recipe?: string } }
  }
  const runs = [
    ...of('pnpm', 'repro').map(({ page, words }) => ({ page, argv: words.slice(2) })),
    ...of('scatterlab-repro').map(({ page, words }) => ({ page, argv: words.slice(1) })),
  ]
  expect(runs.length).toBeGreaterThan(40)
  for (const { page, argv } of runs.filter((run) => !run.argv.includes('--help'))) {
    const asked = `${page}: repro ${argv.join(' ')}`
    const { name, options } = readArguments(argv)
    if (name === undefined || /^[A-Z./]/.test(name)) continue
    expect(existsSync(join(root, 'apps', name)), asked).toBe(true)
    if (options.recipe === undefined || options.recipe === 'NAME') continue
    const recipes = ['main', 'recipe']
      .map((file) => `apps/${name}/src/${file}.ts`)
      .filter((path) => existsSync(join(root, path)))
    expect(
      recipes.some((path) => names(read(path), options.recipe!)),
      asked,
    ).toBe(true)
  }
})

test('each command of scatterlab, with its options', { timeout: 60_000 }, async () => {
  const { program } = (await import(join(root, 'packages/cli/src/program.ts'))) as {
    program(finish: () => void): { commands: { name(): string; options: { long?: string; short?: string }[] }[] }
  }
  const known = new Map(
    program(() => {}).commands.map((command) => [
      command.name(),
      command.options.flatMap(({ long, short }) => [long, short]),
    ]),
  )
  const asked = of('scatterlab').filter(({ words }) => /^[a-z]+$/.test(words[1]!))
  expect(asked.length).toBeGreaterThan(10)
  for (const { page, words } of asked) {
    const options = known.get(words[1]!)
    expect(options, `${page}: ${words.join(' ')}`).toBeDefined()
    for (const flag of flags(words)) expect(options, `${page}: ${words.join(' ')}`).toContain(flag)
  }
})

test.each([
  ['bench', 'tools/bench.ts'],
  ['site', 'docs/tools/site.ts'],
  ['new:app', 'tools/new-app.ts'],
  ['summary', 'docs/tools/summary.ts'],
])('pnpm %s has each option', (script, path) => {
  const options = optionsOf(path)
  for (const { page, words } of of('pnpm', script)) {
    for (const flag of flags(words.slice(2))) expect(options, `${page}: ${words.join(' ')}`).toContain(flag)
  }
})

test('pnpm bench has each group, pnpm site each command', () => {
  const named = (script: string) =>
    of('pnpm', script).flatMap(({ words }) => words.slice(2, 3).filter((word) => /^[a-z]+$/.test(word)))
  const groups = readdirSync(join(root, 'tools/bench/cases')).map((name) => name.replace('.ts', ''))
  expect(groups).toEqual(expect.arrayContaining(named('bench')))
  expect(['dev', 'build', 'preview']).toEqual(expect.arrayContaining(named('site')))
})

/** The blocks of the guide in a language, each under the name of its page. */
const blocks = (languages: string): [name: string, code: string][] =>
  pages
    .filter((page) => page.startsWith('docs/'))
    .flatMap((page) => {
      const found = read(page).matchAll(new RegExp(`^\`\`\`(?:${languages})\\n([\\s\\S]*?)^\`\`\``, 'gm'))
      return [...found].map(([, code], i): [string, string] => [`${page}, block ${i + 1}`, code!])
    })

const pythons = `import ast, json, sys
for name, code in json.load(sys.stdin): ast.parse(code, name)`

describe('every block is read by', () => {
  const isThere = (interpreter: string) => spawnSync(interpreter, ['--version']).status === 0
  const readBy = (interpreter: string, options: readonly string[], input: string) =>
    spawnSync(interpreter, options, { input, encoding: 'utf8' })

  test.skipIf(!isThere('bash'))('bash', () => {
    const shell = blocks('sh|bash')
    expect(shell.length).toBeGreaterThan(3)
    const all = shell.map(([name, code]) => `# ${name}\n${code}`).join('\n')
    expect(readBy('bash', ['-n'], all)).toMatchObject({ status: 0, stderr: '' })
  })

  test.skipIf(!isThere('python3'))('Python', () => {
    expect(blocks('python').length).toBeGreaterThan(3)
    expect(readBy('python3', ['-c', pythons], JSON.stringify(blocks('python')))).toMatchObject({
      status: 0,
      stderr: '',
    })
  })
})
