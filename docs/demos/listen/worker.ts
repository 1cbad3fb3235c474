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

const see: Call<Float32Array, SoundSeen> = (sound, { backend }) => seen(sound, backend)
const rebuild: Call<SoundAsked, SoundRebuilt, SoundIteration> = (asked, host) => rebuiltSound(asked, host)

const calls = { see, rebuild }
export type ListenCalls = typeof calls
serve(calls)
