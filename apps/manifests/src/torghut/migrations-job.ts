import type { IJob } from 'kubernetes-models/batch/v1'

import { ContractBrokenError } from '../errors.ts'
import type { DeployValues } from '../inputs/deploy-values.ts'
import { MIGRATION_URL_NAME } from './environment.ts'
import { labelsOf } from './names.ts'
import { TEMPORARY_VOLUME, baseContainer, secretVariable } from './pod.ts'

/** Brings the database to the image's version before anything of it starts; Argo CD runs it ahead of every sync. */
export function migrationsJob(deploy: DeployValues): IJob {
  const { migrations, namespace } = deploy
  const owner = deploy.secrets[MIGRATION_URL_NAME]
  if (owner === undefined)
    throw new ContractBrokenError([`${MIGRATION_URL_NAME} needs a secret: the migrations Job reads it`])
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: migrations.name,
      namespace,
      labels: labelsOf(migrations.name, 'migrations'),
      annotations: {
        'argocd.argoproj.io/hook': 'PreSync',
        'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
      },
    },
    spec: {
      activeDeadlineSeconds: migrations.deadlineSeconds,
      backoffLimit: 2,
      template: {
        metadata: { labels: labelsOf(migrations.name, 'migrations') },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              ...baseContainer(deploy, {
                name: 'migrations',
                program: ['apps/cli/bin/torghut.mjs', 'migrate'],
                resources: migrations.resources,
              }),
              env: [secretVariable(MIGRATION_URL_NAME, owner)],
            },
          ],
          enableServiceLinks: false,
          restartPolicy: 'Never',
          volumes: [TEMPORARY_VOLUME],
        },
      },
    },
  }
}
