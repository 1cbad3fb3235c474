// The worker of the page "Listen".
import { type Call, serve } from '../worker/serve.ts'
import {
  type SoundAsked,
  type SoundIteration,
  type SoundRebuilt,
  type SoundSeen,
  rebuiltSound,
  seen,
} from './listen.ts'
import { fitted, mixed } from './sounds.ts'

const see: Call<Float32Array, SoundSeen> = (sound, { backend }) => seen(sound, backend)
/** What is taken of a sound of any length: here, as a long one would hold the page up. */
const cut: Call<readonly Float32Array[], Float32Array> = (channels) => fitted(mixed(channels))
const rebuild: Call<SoundAsked, SoundRebuilt, SoundIteration> = (asked, host) => rebuiltSound(asked, host)

const calls = { see, cut, rebuild }
export type ListenCalls = typeof calls
serve(calls)
