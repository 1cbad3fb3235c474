// Which files of a visitor an experiment takes, and where each lies in the folder that the app is given as its data.
import type { PageFile } from '@scatterlab/datasets'
import { FOLDER } from './folder.ts'

/** One kind of files. */
export interface Kind {
  /** What a page says of them. */
  readonly words: string
  /** Whether they come in folders, whose names say something. */
  readonly inFolders?: boolean
  /** Where the file at `path` belongs, when so many of its kind are there; undefined for another kind of file. */
  place(path: string, placed: number): string | undefined
}

/** What a visitor gave: the folder of the app, and the files that are none of it. */
export interface Given {
  readonly folder: readonly PageFile[]
  readonly leftOut: readonly string[]
  /** Files of its kind that hold nothing. */
  readonly empty: readonly string[]
  /** What the visitor calls each file of the folder. */
  readonly names: ReadonlyMap<string, string>
}

const IDX = /(?:^|\/)((?:train|t10k)-(?:images|labels)[-.]idx[13]-ubyte(?:\.gz)?)$/
const BATCH = /(?:^|\/)((?:data_batch_[1-5]|test_batch)(?:\.bin)?(?:\.gz)?)$/
const RECORDING = /(?:^|\/)(\d_[^/]+_\d+\.wav)$/
const ARCHIVE = /(?:^|\/)(recordings\.tar(?:\.gz)?)$/
const KTH_TIPS = /(?:^|\/)(kth-tips-grey\.tar\.gz)$/
const CALTECH = /(?:^|\/)([^/]+\/image_\d{4}\.jpg|caltech101-slide\.tar\.gz)$/
const SCENE = /(?:^|\/)((?:train|val|test)(?:annot)?\/[^/]+\.(?:png|jpe?g))$/i
const IMAGE = /\.(?:png|jpe?g|webp|gif|bmp|avif|p[bgpn]m)$/i

const digits: Kind = {
  words:
    'the four files of MNIST, or of a set in its form such as Fashion-MNIST: train-images-idx3-ubyte, train-labels-idx1-ubyte, ' +
    't10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, as they are or .gz',
  place: (path) => IDX.exec(path)?.[1],
}

/** Pictures that take the places of published ones, in the order in which they are given. */
const pictures = (what: string, names: readonly string[]): Kind => ({
  words: `${names.length === 1 ? 'a picture' : `up to ${names.length} pictures`} (PNG, JPEG, WebP, GIF, BMP, AVIF, PGM) in the place of ${what}`,
  place: (path, placed) => (IMAGE.test(path) ? names[placed] : undefined),
})

const photographs = (...names: readonly string[]): Kind =>
  pictures(
    names.length === 1 ? `the photograph “${names[0]}”` : `the photographs ${names.join(', ')}`,
    names.map((name) => `photos/${name}.png`),
  )

const cifar: Kind = {
  words:
    'the six files of CIFAR-10, data_batch_1.bin to data_batch_5.bin and test_batch.bin, or those of its python version without .bin',
  place: (path) => BATCH.exec(path)?.[1],
}

const objects: Kind = {
  words:
    'classes of Caltech-101, a folder each with image_0001.jpg and on: beaver, joshua_tree, lotus, water_lilly, and anchor or nautilus; or caltech101-slide.tar.gz',
  inFolders: true,
  place: (path) => {
    const found = CALTECH.exec(path)?.[1]
    return found && `caltech101/${found}`
  },
}

const recordings: Kind = {
  words:
    'the recordings of the Free Spoken Digit Dataset, WAV files DIGIT_SPEAKER_TAKE.wav of 8,000 samples a second, or its recordings.tar.gz; ' +
    'recordings of your own by such names, takes 0 to 4 to test on',
  inFolders: true,
  place: (path) => {
    const wav = RECORDING.exec(path)?.[1]
    return wav === undefined ? ARCHIVE.exec(path)?.[1] : `recordings/${wav}`
  },
}

const materials: Kind = {
  words:
    'KTH-TIPS in grey, its ten folders or kth-tips-grey.tar.gz, or pictures of textures of your own, a folder for each class',
  inFolders: true,
  place: (path) => KTH_TIPS.exec(path)?.[1] ?? (IMAGE.test(path) && path.includes('/') ? path : undefined),
}

const scenes: Kind = {
  words:
    'CamVid, its folders train, trainannot, val, valannot, test and testannot; or scenes of your own laid out so: pictures of one size, ' +
    'each with a PNG of the same name whose grey values are the classes, 0 to 10, or 11 for none',
  inFolders: true,
  place: (path) => SCENE.exec(path)?.[1],
}

const textures = pictures(
  'the textures brick, grass, gravel and checkerboard',
  ['brick.png', 'grass.png', 'gravel.png', 'checkerboard.pgm'].map((name) => `textures/${name}`),
)

/** The kinds of files that each experiment takes. */
const taken: Readonly<Record<string, readonly Kind[]>> = {
  curse: [digits],
  linearization: [digits],
  alexnet: [cifar],
  resnet: [cifar],
  'scene-labelling': [scenes],
  symmetries: [digits, photographs('astronaut')],
  'simplified-network': [digits],
  'wavelet-transform': [photographs('camera')],
  'scattering-properties': [digits, photographs('astronaut', 'camera', 'chelsea', 'coffee', 'coins', 'moon')],
  mnist: [digits],
  textures: [materials],
  reconstruction: [digits, photographs('camera', 'astronaut', 'coins', 'chelsea')],
  'texture-synthesis': [textures],
  cifar10: [cifar, objects],
  dcgan: [digits],
  contraction: [digits],
  'roto-translation': [digits],
  audio: [recordings],
  'support-vectors': [digits],
}

/** The kinds of files that the experiment takes, none for one that takes no data. */
export const kindsOf = (app: string): readonly Kind[] => taken[app] ?? []

/** Sorts the files of a visitor by kind. Hidden files are passed over, and empty ones set aside. */
export function sorted(files: readonly PageFile[], kinds: readonly Kind[]): Given {
  const folder = new Map<string, Blob>()
  const placed = kinds.map(() => 0)
  const names = new Map<string, string>()
  const [leftOut, empty]: [string[], string[]] = [[], []]
  for (const { path, content } of files) {
    if (/(^|\/)\./.test(path)) continue
    const kind = kinds.findIndex((one, i) => one.place(path, placed[i]!) !== undefined)
    if (kind < 0) leftOut.push(path)
    else if (content.size === 0) empty.push(path)
    else {
      const place = kinds[kind]!.place(path, placed[kind]!++)!
      folder.set(place, content)
      names.set(place, path)
    }
  }
  return { folder: [...folder].map(([path, content]) => ({ path, content })), leftOut, empty, names }
}

/** What a run said, its files called as the visitor calls them. */
export function inVisitorsNames(message: string, { names }: Given): string {
  let said = message.replaceAll(`${FOLDER}/./`, `${FOLDER}/`)
  for (const [place, name] of [...names].sort(([a], [b]) => b.length - a.length)) {
    said = said.replaceAll(`${FOLDER}/${place}`, name)
  }
  return said
}

/** The files that an input holds, with their paths below the folder that was chosen, if one was. */
export const chosenFiles = (input: HTMLInputElement): PageFile[] =>
  [...(input.files ?? [])].map((file) => ({
    path: file.webkitRelativePath.split('/').slice(1).join('/') || file.name,
    content: file,
  }))

/** The files that were dropped, and those in folders that were; a single folder is the folder itself. */
export async function droppedFiles(transfer: DataTransfer): Promise<PageFile[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file')
  const entries = items.map((item) => item.webkitGetAsEntry() ?? item.getAsFile())
  const found = await Promise.all(entries.map(async (entry) => (entry ? inside(entry) : [])))
  const only = entries.length === 1 && entries[0] && 'isDirectory' in entries[0] && entries[0].isDirectory
  return found.flat().map(({ path, content }) => ({ path: only ? path.replace(/^[^/]*\//, '') : path, content }))
}

const inside = async (dropped: FileSystemEntry | File): Promise<PageFile[]> =>
  dropped instanceof File ? [{ path: dropped.name, content: dropped }] : filesIn(dropped)

async function filesIn(entry: FileSystemEntry, above = ''): Promise<PageFile[]> {
  const path = above + entry.name
  if (entry.isFile) {
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ path, content }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const inside: FileSystemEntry[] = []
  // a reader gives some entries at a time, and none in the end
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) break
    inside.push(...some)
  }
  return (await Promise.all(inside.map((one) => filesIn(one, `${path}/`)))).flat()
}
