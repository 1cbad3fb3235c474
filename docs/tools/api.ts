// The pages of the API: every public export of every package, by TypeDoc, one page for each entry point of a package, in docs/api.
// What TypeDoc warns of, an export or a member of one that no comment tells of, and an export without its heading, end the run.
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Application, LogLevel, type Models } from 'typedoc'
import { MarkdownTheme, MarkdownThemeContext } from 'typedoc-plugin-markdown'
import ts from 'typescript'
import { type Entry, apiFolder, apiPage, entriesOf, pageOf, withoutHeading } from './api-page.ts'

const root = join(import.meta.dirname, '../..')

/** What a page does not say twice: the signature has the types, so parameters and results are listed where something is said of them. */
class Context extends MarkdownThemeContext {
  constructor(...given: ConstructorParameters<typeof MarkdownThemeContext>) {
    super(...given)
    const { signature, signatureTitle, signatureReturns } = this.partials
    this.partials.signature = (model, settings) => {
      const told = model.parameters?.some(({ comment }) => comment?.hasVisibleComponent())
      const quiet = told ? model : (Object.create(model, { parameters: { value: [] } }) as Models.SignatureReflection)
      const title = settings.hideTitle ? '' : signatureTitle(model, { accessor: settings.accessor! })
      return `${title}\n\n${signature(quiet, { ...settings, hideTitle: true })}`
    }
    this.partials.signatureReturns = (model, settings) =>
      model.comment?.getTag('@returns') || (model.type?.type === 'reflection' && model.type.declaration.children)
        ? signatureReturns(model, settings)
        : ''
    this.partials.inheritance = () => ''
  }
}

class Theme extends MarkdownTheme {
  override getRenderContext(page: Parameters<MarkdownTheme['getRenderContext']>[0]): MarkdownThemeContext {
    return new Context(this, page, this.application.options)
  }
}

/** Writes the pages into docs/api, and gives the number of exports on them. */
export async function writeApi(): Promise<number> {
  const entries = globSync('packages/*/package.json', { cwd: root })
    .sort()
    .flatMap((manifest) => entriesOf(dirname(manifest), readFileSync(join(root, manifest), 'utf8')))
  const program = programOf(entries)
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    ...({ router: 'module', entryFileName: 'index', excludeScopesInPaths: true } as object),
    ...display,
    basePath: root,
    readme: 'none',
    name: 'API',
    disableSources: true,
    excludeExternals: true,
    validation: { notDocumented: true },
    packagesRequiringDocumentation: entries.map(({ specifier }) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0]),
    logLevel: LogLevel.Warn,
  })
  app.renderer.defineTheme('site', Theme as never)
  app.options.setValue('theme', 'site')
  const project = app.converter.convert(
    entries.map(({ specifier, file }) => ({ displayName: specifier, program, sourceFile: sourceOf(program, file) })),
  )
  app.validate(project)
  rmSync(apiFolder, { recursive: true, force: true })
  await app.outputs.writeOutput({ name: 'markdown', path: apiFolder }, project)
  if (app.logger.hasWarnings() || app.logger.hasErrors())
    throw new Error('TypeDoc warns, see above: write or mend the doc comment, or export what it names')
  return entries.reduce((sum, entry) => sum + finish(entry, exportsOf(program, entry)), 0)
}

/** How much TypeDoc's Markdown shows. */
const display: object = {
  groupOrder: ['Namespaces', 'Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases'],
  hidePageHeader: true,
  hideBreadcrumbs: true,
  sanitizeComments: true,
  useHTMLEncodedBrackets: true,
  expandParameters: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  tableColumnSettings: { hideInherited: true, hideOverrides: true, hideSources: true, leftAlignHeaders: true },
}

function programOf(entries: readonly Entry[]): ts.Program {
  const config = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.config.compilerOptions, composite: false, declarationMap: false, noEmit: true },
    join(root, 'docs'),
  )
  return ts.createProgram(
    entries.map(({ file }) => join(root, file)),
    options,
  )
}

function sourceOf(program: ts.Program, file: string): ts.SourceFile {
  const source = program.getSourceFile(join(root, file))
  if (!source) throw new Error(`${file} is an entry point in a package.json, and there is no such file`)
  return source
}

/** The names that an entry point exports, types included. */
function exportsOf(program: ts.Program, { file }: Entry): string[] {
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(sourceOf(program, file))
  if (!module) throw new Error(`${file} exports nothing`)
  return checker.getExportsOfModule(module).map(({ name }) => name)
}

/** Completes the page of an entry point, and gives the number of its exports. */
function finish(entry: Entry, names: readonly string[]): number {
  const page = pageOf(entry)
  const path = join(apiFolder, `${page}.md`)
  const markdown = readFileSync(path, 'utf8')
  const missing = withoutHeading(markdown, names)
  if (missing.length > 0) throw new Error(`the page of ${entry.specifier} lacks its exports ${missing.join(', ')}`)
  writeFileSync(path, apiPage(entry, page, markdown))
  return names.length
}
