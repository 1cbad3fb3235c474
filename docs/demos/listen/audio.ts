// Sounds in and out of the page: files, the microphone, the loudspeaker. Nothing leaves the page.
import { RATE } from './sounds.ts'

/** The channels of a file's contents, at `RATE` samples a second. Throws for a file that is no sound. */
export async function channelsOf(contents: ArrayBuffer): Promise<Float32Array[]> {
  // a context of this rate converts what it decodes
  const context = new OfflineAudioContext(1, 1, RATE)
  const buffer = await context.decodeAudioData(contents).catch(() => {
    throw new Error('this file is no sound that the browser can read: give a WAV, MP3, Ogg or FLAC')
  })
  return Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c))
}

/** So many seconds from the microphone. Throws where there is none, or it is not allowed. */
export async function recorded(seconds: number): Promise<Float32Array[]> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(({ message }: Error) => {
    throw new Error(`the microphone cannot be used: ${message}`)
  })
  try {
    const recorder = new MediaRecorder(stream)
    const pieces: Blob[] = []
    const ended = new Promise<void>((resolve) => {
      recorder.addEventListener('dataavailable', ({ data }) => void pieces.push(data))
      recorder.addEventListener('stop', () => resolve())
    })
    recorder.start()
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
    recorder.stop()
    await ended
    return await channelsOf(await new Blob(pieces).arrayBuffer())
  } finally {
    for (const track of stream.getTracks()) track.stop()
  }
}

/** The loudspeaker; a new sound ends the one before. */
export function soundPlayer(): { play(samples: Float32Array): Promise<void>; close(): void } {
  let context: AudioContext | null = null
  let last: AudioBufferSourceNode | null = null
  return {
    async play(samples) {
      context ??= new AudioContext()
      await context.resume()
      last?.stop()
      const buffer = context.createBuffer(1, samples.length, RATE)
      buffer.copyToChannel(Float32Array.from(samples), 0)
      last = context.createBufferSource()
      last.buffer = buffer
      last.connect(context.destination)
      last.start()
    },
    close: () => void context?.close(),
  }
}
