import type { ICronJob } from 'kubernetes-models/batch/v1'
import type { IConfigMap } from 'kubernetes-models/v1'

import type { ScheduledLane } from '../inputs/lane-values.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { labelsOf, selectorOf } from '../torghut/names.ts'
import { TEMPORARY_VOLUME, baseContainer } from '../torghut/pod.ts'
import { lanePlan } from './lane-plan.ts'

/** What all lane jobs share: the policy of the network selects them by it. */
export const LANES_NAME = 'torghut-dspy-lanes'

const PLAN_FILE = 'plan.json'
const PLAN_FOLDER = '/etc/torghut/lanes'
const KEY_FOLDER = '/etc/torghut/api-key'

/** What the runs are told. It stands in a file of its own, so that a change of it reads as one. */
export function lanePlanConfigMap(inputs: Inputs): IConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: LANES_NAME,
      namespace: inputs.lanes.namespace,
      labels: labelsOf(LANES_NAME, 'lane-plan'),
    },
    data: { [PLAN_FILE]: `${JSON.stringify(lanePlan(inputs), null, 2)}\n` },
  }
}

/**
 * Asks for one lane's run once a slot. It posts to the review API under a key made of lane and slot: two starts ask for
 * the same run. No AgentRun stands in Git, where applying it would run it, again and again after its end.
 */
export function laneCronJob(inputs: Inputs, lane: ScheduledLane): ICronJob {
  const { lanes } = inputs
  const name = `torghut-dspy-${lane}`
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: lanes.namespace, labels: labelsOf(LANES_NAME, `lane-${lane}`) },
    spec: {
      concurrencyPolicy: 'Forbid',
      failedJobsHistoryLimit: 3,
      schedule: cronSchedule(lanes.lanes[lane].offsetMinutes, lanes.periodHours),
      startingDeadlineSeconds: lanes.startingDeadlineMinutes * 60,
      successfulJobsHistoryLimit: 1,
      suspend: lanes.lanes[lane].suspended,
      timeZone: 'Etc/UTC',
      jobTemplate: {
        spec: {
          activeDeadlineSeconds: lanes.deadlineSeconds,
          backoffLimit: 1,
          ttlSecondsAfterFinished: 24 * 60 * 60,
          template: {
            metadata: {
              labels: { ...selectorOf(LANES_NAME), 'app.kubernetes.io/component': `lane-${lane}` },
            },
            spec: podSpec(inputs, lane),
          },
        },
      },
    },
  }
}

function podSpec({ deploy, lanes }: Inputs, lane: ScheduledLane) {
  const { apiKey } = lanes
  const base = baseContainer(deploy, {
    name: 'lane-post',
    program: ['apps/manifests/src/lane-post/main.ts'],
    resources: lanes.resources,
  })
  return {
    automountServiceAccountToken: false,
    containers: [
      {
        ...base,
        args: [
          `--lane=${lane}`,
          `--plan=${PLAN_FOLDER}/${PLAN_FILE}`,
          `--url=http://${deploy.api.name}.${deploy.namespace}.svc.cluster.local`,
          `--api-key-file=${KEY_FOLDER}/${apiKey.key}`,
          // Half of the job's time, so that the one retry of the job has as much.
          `--deadline-seconds=${Math.floor(lanes.deadlineSeconds / 2)}`,
        ],
        volumeMounts: [
          { name: 'plan', mountPath: PLAN_FOLDER, readOnly: true },
          { name: 'api-key', mountPath: KEY_FOLDER, readOnly: true },
          ...base.volumeMounts,
        ],
      },
    ],
    enableServiceLinks: false,
    restartPolicy: 'Never' as const,
    volumes: [
      { name: 'plan', configMap: { name: LANES_NAME } },
      {
        name: 'api-key',
        secret: {
          secretName: apiKey.secret,
          defaultMode: 0o444,
          items: [{ key: apiKey.key, path: apiKey.key }],
        },
      },
      TEMPORARY_VOLUME,
    ],
  }
}

/** Once a slot, the offset after it began, in UTC; the hours are spelled out, which every cron reads alike. */
export function cronSchedule(offsetMinutes: number, periodHours: number): string {
  const first = Math.floor(offsetMinutes / 60)
  const hours = Array.from({ length: 24 / periodHours }, (_, index) => first + index * periodHours)
  return `${offsetMinutes % 60} ${hours.join(',')} * * *`
}
