// One page for each package: its README.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readmeAsPart } from '../tools/markdown.ts'
import { apps, packageNames } from '../tools/present.ts'

const contentOf = (name: string) => {
  const readme = readFileSync(join(apps, '../packages', name, 'README.md'), 'utf8')
  return `# @scatterlab/${name}\n\n${readmeAsPart(readme, { folder: `packages/${name}` })}`
}

export default {
  watch: ['../../packages/*/README.md'],
  paths: () => packageNames().map((name) => ({ params: { package: name }, content: contentOf(name) })),
}
