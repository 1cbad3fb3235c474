// Lists folders of images, for Node: which files are images by their names, and why each of the others is passed over.
// It opens no file. Names are taken as bytes, as a file system may hold names that are no text.

import { readdir, stat } from 'node:fs/promises'
import { DatasetError } from '../errors.ts'
import { isImageName } from './image-names.ts'
import type { ClassFolder, FolderListing, PassedOver } from './image-folder.ts'

type Path = string | Buffer

interface Entry {
  /** As text; bytes that are none stand as \xE9 in it. */
  readonly name: string
  readonly path: Path
  /** What it is, links followed; of anything else why it is passed over. */
  readonly kind: 'file' | 'folder' | { readonly reason: string }
}

/** The listing of `folder`; see {@link ImageFolder}. */
export async function listClasses(folder: string, nested: boolean): Promise<FolderListing> {
  const classes: ClassFolder[] = []
  const passedOver: PassedOver[] = []
  const oddPaths = new Map<string, Uint8Array>()

  /** The images in the folder at `path`, their names below its class; `above` are the folders that lead to it. */
  async function imagesIn(path: Path, inClass: string, below: string, above: readonly string[]): Promise<string[]> {
    const files: string[] = []
    for (const entry of await entriesOf(path)) {
      const file = `${below}${entry.name}`
      const leave = (reason: string) => passedOver.push({ file: `${inClass}/${file}`, reason })
      if (typeof entry.kind === 'object') leave(entry.kind.reason)
      else if (entry.name.startsWith('.')) leave('it is hidden')
      else if (entry.kind === 'folder') {
        if (!nested) leave('it is a folder in a class: give `nested: true` to read the images in it')
        else {
          const identity = await identityOf(entry.path)
          if (above.includes(identity)) leave('it is a link to a folder above it')
          else files.push(...(await imagesIn(entry.path, inClass, `${file}/`, [...above, identity])))
        }
      } else if (isImageName(entry.name)) {
        files.push(file)
        if (typeof entry.path !== 'string') oddPaths.set(`${inClass}/${file}`, entry.path)
      } else leave('its name does not end as that of an image, such as .jpg')
    }
    return files
  }

  for (const { name, path, kind } of await entriesOf(folder)) {
    if (typeof kind === 'object') passedOver.push({ file: name, reason: kind.reason })
    else if (name.startsWith('.')) passedOver.push({ file: name, reason: 'it is hidden' })
    else if (kind === 'file') passedOver.push({ file: name, reason: 'it is in no class folder' })
    else {
      const above = nested ? [await identityOf(folder), await identityOf(path)] : []
      classes.push({ name, files: (await imagesIn(path, name, '', above)).sort(byCodeUnits) })
    }
  }
  return { classes, passedOver, oddPaths }
}

/** What is in a folder, by name in the order of code units. */
async function entriesOf(folder: Path): Promise<Entry[]> {
  const entries: Entry[] = []
  try {
    for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const { name, isText } = textOf(entry.name)
      const path = isText && typeof folder === 'string' ? `${folder}/${name}` : joined(folder, entry.name)
      entries.push({ name, path, kind: entry.isSymbolicLink() ? await targetOf(path) : kindOf(entry) })
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const shown = String(folder)
    const message = `${shown} is no folder that can be read (${why}): give another`
    throw new DatasetError('NOT_FOUND', message, { file: shown, cause })
  }
  return entries.sort((a, b) => byCodeUnits(a.name, b.name))
}

const kindOf = (entry: { isFile(): boolean; isDirectory(): boolean }): Entry['kind'] =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : { reason: 'it is neither a file nor a folder' }

async function targetOf(link: Path): Promise<Entry['kind']> {
  try {
    return kindOf(await stat(link))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT') return { reason: 'it is a link to nothing' }
    return { reason: code === 'ELOOP' ? 'it is a link that leads back to itself' : `it is a link that fails (${code})` }
  }
}

async function identityOf(folder: Path): Promise<string> {
  const { dev, ino } = await stat(folder)
  return `${dev}:${ino}`
}

const joined = (folder: Path, name: Uint8Array): Buffer => Buffer.concat([Buffer.from(folder), Buffer.from('/'), name])

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(name: Buffer): { name: string; isText: boolean } {
  try {
    return { name: utf8.decode(name), isText: true }
  } catch {
    const escaped = name.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
    return { name: escaped, isText: false }
  }
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
