// The connection to Redis: the address and its faults in words, and a warning where anyone could read the queue. The one importer of ioredis.
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { CliError, UsageError } from '../errors.ts'

/** Attempts to reach it before the command gives up, and the pause between them in milliseconds. Once it was reached, it is waited for. */
const [ATTEMPTS, PAUSE] = [10, 500]

/** Connects. Throws {@link UsageError} `BAD_OPTION` for another address, {@link CliError} `NO_REDIS` if nobody answers. */
export async function connect(address: string): Promise<Redis> {
  const url = addressOf(address)
  const shown = withoutPassword(url)
  if (await isOpenToAll(url)) {
    process.stderr.write(
      `Warning: ${shown} has no password, and its host is no private one: whoever reaches it can read and change the queue, and what workers ` +
        'do. Give it one (requirepass), and redis://:PASSWORD@HOST in SCATTERLAB_QUEUE.\n',
    )
  }
  let wasReached = false
  let reason = ''
  const redis = new Redis(address, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (wasReached ? Math.min(2000, 100 * times) : null),
  })
  redis.on('error', (error) => (reason = error.message))
  for (let attempt = 1; !wasReached; attempt++) {
    try {
      await redis.connect()
      await redis.ping()
      wasReached = true
    } catch (error) {
      reason ||= (error as Error).message
      const isRefused = /NOAUTH|WRONGPASS|password/i.test(reason)
      if (attempt === ATTEMPTS || isRefused) {
        redis.disconnect()
        const fix = isRefused ? 'give redis://:PASSWORD@HOST' : 'start redis-server, or give its address by --queue'
        throw new CliError('NO_REDIS', `no Redis at ${shown} (${reason}): ${fix}`, { cause: error })
      }
      await pause(PAUSE)
    }
  }
  return redis
}

function addressOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return url
  throw new UsageError('BAD_OPTION', `--queue ${address}: give redis://HOST:PORT, such as redis://localhost:6379`)
}

const withoutPassword = (url: URL): string => `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`

const closed = new BlockList()
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  closed.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  closed.addSubnet(net, bits, 'ipv6')

/** Whether an address has no password and leads to a host that is not in a private network (RFC 1918, 6598, 4193, loopback, link-local). */
export async function isOpenToAll(url: URL): Promise<boolean> {
  if (url.password !== '') return false
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host)
    ? [{ address: host, family: isIP(host) }]
    : await lookup(host, { all: true }).catch(() => [])
  return addresses.some(({ address, family }) => !closed.check(address, family === 6 ? 'ipv6' : 'ipv4'))
}
