import type { Inputs } from '../inputs/read-values.ts'
import type { ManifestFile } from '../objects/kubernetes-object.ts'
import { dashboardConfigMap } from './dashboard.ts'
import { disruptionBudget } from './disruption-budgets.ts'
import { knativeService } from './knative-service.ts'
import { migrationsJob } from './migrations-job.ts'
import { apiNetworkPolicy, migrationsNetworkPolicy, workerNetworkPolicy } from './network-policies.ts'
import { KNATIVE_USER_PORT, podMonitor } from './pod-monitors.ts'
import { prometheusRule } from './prometheus-rule.ts'
import { workerDeployment } from './worker-deployment.ts'

/** Everything of the application `torghut`, one object a file. Throws `ContractBrokenError`. */
export function torghutFiles(inputs: Inputs): ManifestFile[] {
  const { deploy } = inputs
  const { api, worker } = deploy
  const apiMonitor = { name: api.name, component: 'review-api', port: KNATIVE_USER_PORT }
  const workerMonitor = { name: worker.name, component: 'lifecycle-worker', port: 'http' }
  return [
    { path: 'dashboard-configmap.yaml', object: dashboardConfigMap(inputs) },
    { path: 'lifecycle-worker-deployment.yaml', object: workerDeployment(inputs) },
    { path: 'lifecycle-worker-networkpolicy.yaml', object: workerNetworkPolicy(deploy) },
    {
      path: 'lifecycle-worker-poddisruptionbudget.yaml',
      object: disruptionBudget(deploy, worker.name, 'lifecycle-worker'),
    },
    { path: 'lifecycle-worker-podmonitor.yaml', object: podMonitor(deploy, workerMonitor) },
    { path: 'migrations-job.yaml', object: migrationsJob(deploy) },
    { path: 'migrations-networkpolicy.yaml', object: migrationsNetworkPolicy(deploy) },
    { path: 'prometheusrule.yaml', object: prometheusRule(inputs) },
    { path: 'review-api-knative-service.yaml', object: knativeService(inputs) },
    { path: 'review-api-networkpolicy.yaml', object: apiNetworkPolicy(deploy) },
    { path: 'review-api-poddisruptionbudget.yaml', object: disruptionBudget(deploy, api.name, 'review-api') },
    { path: 'review-api-podmonitor.yaml', object: podMonitor(deploy, apiMonitor) },
  ] as ManifestFile[]
}
