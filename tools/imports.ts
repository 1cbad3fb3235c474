// Lists what a TypeScript source imports, whatever the form: static, type-only, re-exported, dynamic, or by URL.
import { parseSync, Visitor } from 'vite'
import type { ESTree } from 'vite'

/** One mention of another module. A `url` is `new URL('…', import.meta.url)`, as workers are started. */
export interface Import {
  readonly specifier: string
  readonly line: number
  readonly form: 'import' | 'url'
  /** Gone once the types are stripped. */
  readonly typeOnly: boolean
}

/**
 * The literal module specifiers in `text`, in order of appearance; a computed `import(name)` has none and is left out.
 * Throws SyntaxError, naming `path`, when the source does not parse.
 */
export function importsOf(path: string, text: string): Import[] {
  // of a component it is the script
  const { program, errors } = parseSync(path, text, path.endsWith('.vue') ? { lang: 'ts' } : {})
  if (errors.length > 0) throw new SyntaxError(`${path} does not parse: ${errors[0]?.message}`)
  const found: (Omit<Import, 'line'> & { start: number })[] = []
  const add = (node: ESTree.Node | null | undefined, { form = 'import', typeOnly = false }: Partial<Import> = {}) => {
    const specifier = literalIn(node)
    if (node && specifier !== undefined) found.push({ specifier, start: node.start, form, typeOnly })
  }
  new Visitor({
    ImportDeclaration: (node) => add(node.source, { typeOnly: node.importKind === 'type' }),
    ExportAllDeclaration: (node) => add(node.source, { typeOnly: node.exportKind === 'type' }),
    ExportNamedDeclaration: (node) => add(node.source, { typeOnly: node.exportKind === 'type' }),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source, { typeOnly: true }),
    TSExternalModuleReference: (node) => add(node.expression),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') add(node.arguments[0])
    },
    NewExpression: (node) => {
      const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL' && node.arguments.length === 2
      if (isUrl) add(node.arguments[0], { form: 'url' })
    },
  }).visit(program)
  return found
    .sort((a, b) => a.start - b.start)
    .map(({ start, ...rest }) => ({ ...rest, line: text.slice(0, start).split('\n').length }))
}

function literalIn(node: ESTree.Node | null | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined
  return undefined
}
