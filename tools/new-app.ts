// `pnpm new:app NAME --slide TITLE --claim TEXT` writes apps/NAME and refers to it in the root tsconfig.json. What it writes
// type-checks and stands in `pnpm repro`, but measures nothing: its steps are an error, and its test fails, until written.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryRoot } from './workspace.ts'

/** What a new app must be told; `slide` and `claim` are copied from the slide. */
export interface NewApp {
  readonly name: string
  readonly slide: string
  readonly claim: string
}

/** The files of a new app by their path under its folder. Throws RangeError for a name or a text that cannot stand. */
export function appFiles({ name, slide, claim }: NewApp): Record<string, string> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new RangeError(`name is '${name}': use lower-case letters, digits and hyphens, such as 'texture-synthesis'`)
  }
  for (const [option, text] of Object.entries({ slide, claim })) {
    if (!text.trim() || text.includes('\n'))
      throw new RangeError(`${option} is '${text}': copy one line from the slide`)
  }
  const literal = (text: string) => (text.includes("'") ? JSON.stringify(text) : `'${text.replaceAll('\\', '\\\\')}'`)
  return {
    'package.json': `{
  "name": "@scatterlab/app-${name}",
  "version": "0.1.0",
  "private": true,
  "license": "MIT",
  "type": "module",
  "scripts": {
    "test": "vitest run --root ../.. --project @scatterlab/app-${name}"
  },
  "dependencies": {
    "@scatterlab/repro": "workspace:^"
  },
  "devDependencies": {
    "@types/node": "catalog:",
    "typescript": "catalog:",
    "vitest": "catalog:"
  }
}
`,
    'tsconfig.json': `{
  "extends": "../../tsconfig.base.json",
  "compilerOptions": { "rootDir": "src", "outDir": "dist", "tsBuildInfoFile": ".tsbuildinfo" },
  "include": ["src"],
  "references": [{ "path": "../../packages/repro" }]
}
`,
    'README.md': `# ${slide}

The slide claims: ${claim}.

    pnpm repro ${name}
    pnpm repro ${name} --full
`,
    'src/main.ts': `// ${slide}: the steps, in the order of the slide. Knows no files and no page, so that both can run it.
import { type Experiment, experiment } from '@scatterlab/repro'

/** What \`--full\` changes. */
interface Budget {
  readonly trainingSizes: readonly number[]
}

const app: Experiment<Budget> = experiment({
  name: ${literal(name)},
  slide: ${literal(slide)},
  claim: ${literal(claim)},
  budgets: { quick: { trainingSizes: [1000] }, full: { trainingSizes: [1000, 10_000] } },
  run({ output }) {
    output.describe({ data: 'none yet', protocol: 'none yet' })
    return Promise.reject(new Error('the steps of this experiment are not written: see apps/${name}/src/main.ts'))
  },
})
export default app
`,
    'src/main.test.ts': `import { runExperiment } from '@scatterlab/repro'
import { expect, test } from 'vitest'
import app from './main.ts'

test('quick mode reaches its target', { timeout: 300_000 }, async () => {
  const { rows, partial } = await runExperiment(app, { mode: 'quick', seed: 1, png: false })
  expect(partial).toBeUndefined()
  expect(rows).not.toHaveLength(0)
})
`,
  }
}

/** Adds apps/NAME to the references of a tsconfig.json, before the tools. */
export function withReference(tsconfig: string, name: string): string {
  const tools = /^( *)\{ "path": "tools" \}/m
  if (!tools.test(tsconfig)) throw new Error('the root tsconfig.json has no reference to "tools" to put the app before')
  return tsconfig.replace(tools, `$1{ "path": "apps/${name}" },\n$1{ "path": "tools" }`)
}

/** Writes the app under `root`. Throws RangeError if it is there already. */
export function writeApp(app: NewApp, root: string = repositoryRoot): void {
  const files = appFiles(app)
  const folder = join(root, 'apps', app.name)
  if (existsSync(folder)) throw new RangeError(`apps/${app.name} exists: choose another name`)
  const tsconfig = join(root, 'tsconfig.json')
  const referring = withReference(readFileSync(tsconfig, 'utf8'), app.name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  writeFileSync(tsconfig, referring)
}

const usage = `pnpm new:app NAME --slide 'the title of the slide' --claim 'what it claims, in its own numbers'`

if (process.argv[1] === import.meta.filename) {
  try {
    const options = { slide: { type: 'string' }, claim: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [name = '', ...rest] = positionals
    if (!name || rest.length > 0 || !values.slide || !values.claim)
      throw new RangeError('give a name, a slide and a claim')
    writeApp({ name, slide: values.slide, claim: values.claim })
    console.log(`apps/${name} is written: run \`pnpm install\`, then write its steps in apps/${name}/src/main.ts`)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nusage: ${usage}`)
    process.exitCode = 1
  }
}
