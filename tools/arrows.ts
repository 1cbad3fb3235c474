// Holds the workspace to the table of arrows: which package may import which, and which library belongs to whom.
// `node tools/arrows.ts` prints each violation and fails if there is one; it does not check that an import resolves.
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import { house } from './arrows-table.ts'
import type { House, PackageRule } from './arrows-table.ts'
import { importsOf } from './imports.ts'
import type { Import } from './imports.ts'
import { readMembers, readSources } from './workspace.ts'
import type { Member, SourceFile } from './workspace.ts'

/** A breach of the table, as one line that says where, what, and what is allowed instead. */
export type Violation = string

/** Checks every member: its place in the table, its manifest and each of its sources. */
export function arrowViolations(
  members: readonly Member[],
  sources: ReadonlyMap<Member, readonly SourceFile[]>,
  rules: House = house,
): Violation[] {
  return [
    ...tableViolations(members, rules),
    ...members.flatMap((member) => manifestViolations(member, members, rules)),
    ...members.flatMap((member) =>
      (sources.get(member) ?? []).flatMap((file) => sourceViolations(file, member, members, rules)),
    ),
    ...oneFileViolations(members, sources, rules),
  ]
}

/** Packages that the table forgot, rows without a package, libraries that nobody uses, and arrows in a circle. */
export function tableViolations(members: readonly Member[], rules: House = house): Violation[] {
  const present = members.filter(({ kind }) => kind === 'package').map(({ title }) => title)
  const rows = Object.keys(rules.packages)
  return [
    ...present
      .filter((title) => !rows.includes(title))
      .map((title) => `packages/${title}: has no row in the table of arrows`),
    ...rows.filter((title) => !present.includes(title)).map((title) => `table of arrows: ${title} is not a package`),
    ...rows
      .filter((title) => reachable(title, rules).has(title))
      .map((title) => `table of arrows: ${title} reaches itself`),
    ...members.flatMap(({ title, manifest }) =>
      (rules.packages[title]?.libraries ?? [])
        .filter(
          (library) =>
            !{ ...manifest.devDependencies, ...manifest.peerDependencies, ...manifest.dependencies }[library],
        )
        .map((library) => `table of arrows: ${title} does not depend on ${library}`),
    ),
  ]
}

/** Dependencies of a package.json that the table does not allow. */
export function manifestViolations(member: Member, members: readonly Member[], rules: House = house): Violation[] {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = member.manifest
  const check = (names: object | undefined, unshipped: boolean) =>
    Object.keys(names ?? {}).flatMap((name) => {
      const problem = dependencyProblem(name, { member, members, rules, unshipped })
      return problem ? [`${member.folder}/package.json: ${problem}`] : []
    })
  const shipped = { ...dependencies, ...peerDependencies, ...optionalDependencies }
  return [...check(shipped, false), ...check(devDependencies, true)]
}

/** Imports of one source that the table does not allow. */
export function sourceViolations(
  file: SourceFile,
  member: Member,
  members: readonly Member[],
  rules: House = house,
): Violation[] {
  const site = { member, members, rules, unshipped: isUnshipped(file.path) }
  return importsOf(file.path, file.text).flatMap((found) => {
    const problem = importProblem(found, file.path, site)
    return problem ? [`${file.path}:${found.line}: ${problem}`] : []
  })
}

/** Libraries that belong in one file but are imported, outside tests, by more; types count for nothing. */
export function oneFileViolations(
  members: readonly Member[],
  sources: ReadonlyMap<Member, readonly SourceFile[]>,
  rules: House = house,
): Violation[] {
  const files = members.flatMap((member) => sources.get(member) ?? []).filter(({ path }) => !isUnshipped(path))
  return rules.oneFileLibraries.flatMap((library) => {
    const importers = files
      .filter(({ path, text }) =>
        importsOf(path, text).some(({ specifier, typeOnly }) => !typeOnly && packageOf(specifier) === library),
      )
      .map(({ path }) => path)
    return importers.length > 1 ? [`${importers.join(', ')}: ${library} is wrapped by one file only`] : []
  })
}

/** Where a dependency is asked for; `unshipped` in what never reaches a user, such as tests. */
interface Site {
  readonly member: Member
  readonly members: readonly Member[]
  readonly rules: House
  readonly unshipped: boolean
}

function importProblem(found: Import, path: string, site: Site): string | undefined {
  const { specifier, form, typeOnly } = found
  if (form === 'url' || specifier.startsWith('.')) return relativeProblem(found, path, site)
  if (specifier.startsWith('#')) return undefined
  if (isBuiltin(specifier)) return typeOnly ? undefined : nodeProblem(specifier, path, site)
  return dependencyProblem(packageOf(specifier), site)
}

function relativeProblem({ specifier, form }: Import, path: string, site: Site): string | undefined {
  const { member, members, unshipped } = site
  const target = posix.join(posix.dirname(path), specifier)
  const isInside = target.startsWith(`${member.folder}/`)
  if (!isInside && form === 'import') return `imports ${specifier}, outside its package: import the package by its name`
  if (!isInside && members.some(({ folder }) => target.startsWith(`${folder}/`))) {
    return `reaches into ${target}, another package`
  }
  // a page gets what a `.data.ts` of the site gives, not its code
  if (isInside && !unshipped && isUnshipped(target) && !target.endsWith('.data.ts'))
    return `imports ${specifier}, which does not ship`
  if (target.includes('.node.') && !unshipped && !isForNode(path, member)) {
    return `imports ${specifier}, for Node alone: choose between it and its browser twin by a condition in package.json`
  }
  return undefined
}

function nodeProblem(specifier: string, path: string, { member, rules, unshipped }: Site): string | undefined {
  if (unshipped || isForNode(path, member) || rules.packages[member.title]?.node) return undefined
  return `imports ${specifier}, but ${member.title} also runs in browsers: move it to a *.node.ts file`
}

function dependencyProblem(name: string, site: Site): string | undefined {
  return name.startsWith(site.rules.scope) ? memberProblem(name, site) : libraryProblem(name, site)
}

function memberProblem(name: string, { member, members, rules, unshipped }: Site): string | undefined {
  const target = members.find(({ manifest }) => manifest.name === name)
  if (!target) return `names ${name}, which is not in the workspace`
  if (target.kind !== 'package') return `depends on ${name}: nothing imports an app or the site`
  if (target === member) return unshipped ? undefined : `imports itself as ${name}: use a relative path`
  if (target.title === rules.testPackage) {
    if (!unshipped) return `depends on ${name}, which is for tests`
    const isBelow = reachable(rules.testPackage, rules).has(member.title)
    return isBelow ? `depends on ${name}, which stands on ${member.title}: its tests do without` : undefined
  }
  if (member.kind !== 'package') return undefined
  const { imports } = ruleOf(member, rules)
  if (imports.includes(target.title)) return undefined
  return `depends on ${name}: ${member.title} may import ${imports.join(', ') || 'no package of ours'}`
}

function libraryProblem(name: string, { member, rules, unshipped }: Site): string | undefined {
  const allowed = member.kind === 'site' ? rules.siteLibraries : ruleOf(member, rules).libraries
  if (allowed.includes(name)) return undefined
  const owners = Object.keys(rules.packages).filter((title) => rules.packages[title]?.libraries.includes(name))
  if (unshipped && (owners.length === 0 || rules.testLibraries.includes(name))) return undefined
  return `depends on ${name}: ${owners.length > 0 ? `only ${owners.join(', ')} may` : 'no package may, it is not in the table'}`
}

const nothing: PackageRule = { imports: [], libraries: [], node: false }

function ruleOf(member: Member, rules: House): PackageRule {
  return (member.kind === 'package' ? rules.packages[member.title] : undefined) ?? nothing
}

function reachable(title: string, rules: House, seen: Set<string> = new Set()): Set<string> {
  for (const next of rules.packages[title]?.imports ?? []) {
    if (seen.has(next)) continue
    seen.add(next)
    reachable(next, rules, seen)
  }
  return seen
}

/** Tests, what only they import (`*.test.*`), benchmarks, and a package's own tools, and what builds the site: none of it ships. */
const isUnshipped = (path: string): boolean =>
  /\.test\.[^/]*$|^[^/]+\/[^/]+\/(bench|tools)\/|^docs\/(tools\/|\.vitepress\/[^/]*$|.*\.(paths|data)\.ts$)/.test(path)

/** Files named so, and the programs that a package installs. */
const isForNode = (path: string, { folder, manifest }: Member): boolean =>
  path.includes('.node.') || Object.values(manifest.bin ?? {}).some((program) => posix.join(folder, program) === path)

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

if (process.argv[1] === import.meta.filename) {
  const members = readMembers()
  const violations = arrowViolations(members, new Map(members.map((member) => [member, readSources(member)])))
  for (const violation of violations) console.error(violation)
  console.log(`arrows: ${members.length} packages, apps and site, ${violations.length} violations`)
  if (violations.length > 0) process.exitCode = 1
}
