import { expect, test } from 'vitest'
import { shardsOfTask, taskOf } from './task.ts'

test('a task is told by --shard, by Slurm or by Kubernetes', () => {
  expect(taskOf({}, {})).toBeUndefined()
  expect(taskOf({ shard: '1/8' }, { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_COUNT: '4' })).toMatchObject({
    index: 0,
    count: 8,
  })
  const slurm = {
    SLURM_ARRAY_TASK_ID: '7',
    SLURM_ARRAY_TASK_COUNT: '4',
    SLURM_ARRAY_TASK_MIN: '1',
    SLURM_ARRAY_TASK_STEP: '2',
  }
  expect(taskOf({}, slurm)).toEqual({ index: 3, count: 4, from: 'Slurm' })
  expect(taskOf({ shards: 5 }, { JOB_COMPLETION_INDEX: '4' })).toEqual({ index: 4, count: 5, from: 'Kubernetes' })
  expect(taskOf({}, { JOB_COMPLETION_INDEX: '0', SCATTERLAB_SHARDS: '2' })).toMatchObject({ index: 0, count: 2 })
})

test('what is no task is refused', () => {
  for (const shard of ['0/8', '9/8', '3', 'a/b']) expect(() => taskOf({ shard }, {})).toThrow('--shard')
  expect(() => taskOf({}, { JOB_COMPLETION_INDEX: '0' })).toThrow('SCATTERLAB_SHARDS')
  expect(() => taskOf({}, { SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_COUNT: '4' })).toThrow('SLURM_ARRAY_TASK_ID')
})

test('every shard is of one task', () => {
  const tasks = [0, 1, 2].map((index) => shardsOfTask(10, { index, count: 3, from: '' }))
  expect(tasks.flat().sort((a, b) => a - b)).toEqual(shardsOfTask(10, undefined))
})
