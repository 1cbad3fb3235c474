// The Job of Kubernetes on the page: its fields are those of batch/v1, and agree with each other. No cluster is asked.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Job {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly completions: number
    readonly parallelism: number
    readonly completionMode: string
    readonly backoffLimitPerIndex: number
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string
        readonly containers: readonly {
          readonly name: string
          readonly image: string
          readonly command: readonly unknown[]
          readonly env: readonly { readonly name: string; readonly value: unknown }[]
          readonly resources: unknown
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
        }[]
        readonly volumes: readonly { readonly name: string }[]
      }
    }
  }
}

const page = readFileSync(join(import.meta.dirname, 'many-machines.md'), 'utf8')
const [, text] = /^```yaml\n([\s\S]*?)^```/m.exec(page)!
const job = parse(text!, { strict: true }) as Job

// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/
test('the Job is of batch/v1, and has no field that is not', () => {
  expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job' })
  expect(job.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  const { spec } = job
  const fields = ['completions', 'parallelism', 'completionMode', 'backoffLimitPerIndex', 'template']
  expect(Object.keys(spec)).toEqual(fields)
  expect(Object.keys(spec.template.spec)).toEqual(['restartPolicy', 'containers', 'volumes'])
  for (const container of spec.template.spec.containers)
    expect(Object.keys(container)).toEqual(['name', 'image', 'command', 'env', 'resources', 'volumeMounts'])
})

test('its fields agree with each other', () => {
  const { completions, parallelism, completionMode, template } = job.spec
  expect(completionMode).toBe('Indexed')
  expect(parallelism).toBeLessThanOrEqual(completions)
  // a limit for each index asks for it
  expect(template.spec.restartPolicy).toBe('Never')
  const [{ command, env, volumeMounts }] = template.spec.containers as [
    Job['spec']['template']['spec']['containers'][0],
  ]
  // what looks like a number must be quoted, or the server refuses it
  for (const word of command) expect(word).toBeTypeOf('string')
  expect(env).toEqual([{ name: 'SCATTERLAB_SHARDS', value: String(completions) }])
  const volumes = template.spec.volumes.map(({ name }) => name)
  for (const { name, mountPath } of volumeMounts) {
    expect(volumes).toContain(name)
    expect(command.filter((word) => String(word).startsWith('/'))).toSatisfy((paths: string[]) =>
      paths.every((path) => path.startsWith(`${mountPath}/`)),
    )
  }
})
