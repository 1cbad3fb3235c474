// Settings that a component and the URL share.
import { onBeforeUnmount, onMounted, reactive, watch } from 'vue'
import { type Values, fromHash, toHash } from './hash-state.ts'

/** The settings, read from the hash when the page is there, and written to it when they change. */
export function useHashState<F extends Parameters<typeof fromHash>[0]>(fields: F): Values<F> {
  const state = reactive(fromHash(fields, '')) as Values<F>
  const read = (): void => void Object.assign(state, fromHash(fields, location.hash))
  let waiting = 0
  const write = (): void => {
    clearTimeout(waiting)
    // browsers refuse more than some hundred changes in half a minute
    waiting = window.setTimeout(() => {
      history.replaceState(history.state, '', location.pathname + location.search + toHash(fields, state))
    }, 250)
  }
  onMounted(() => {
    read()
    window.addEventListener('hashchange', read)
    watch(state as object, write)
  })
  onBeforeUnmount(() => {
    clearTimeout(waiting)
    window.removeEventListener('hashchange', read)
  })
  return state
}
