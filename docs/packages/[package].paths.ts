// One page for each package: its README.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pageOf } from '../tools/api-page.ts'
import { readmeAsPart } from '../tools/markdown.ts'
import { apps, packageNames } from '../tools/present.ts'

const contentOf = (name: string) => {
  const folder = join(apps, '../packages', name)
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  const { name: specifier } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string }
  const api = `Each export with its types: [API of \`${specifier}\`](../api/${pageOf({ specifier })}.md).`
  return `# ${specifier}\n\n${api}\n\n${readmeAsPart(readme, { folder: `packages/${name}` })}`
}

export default {
  watch: ['../../packages/*/README.md'],
  paths: () => packageNames().map((name) => ({ params: { package: name }, content: contentOf(name) })),
}
