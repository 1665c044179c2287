import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'

import type { AlertRule } from '../alerts/alert-rule.ts'
import { alertFacts, alertRules } from '../alerts/alert-rules.ts'
import { loopRecording } from '../alerts/availability.ts'
import { AlertFamily } from '../inputs/owners.ts'
import type { Inputs } from '../inputs/read-values.ts'
import { labelsOf } from './names.ts'

/** One rule group a family. Every alert carries its owner, its severity and the runbook step to begin with. */
export function prometheusRule(inputs: Inputs): IPrometheusRule {
  const { api, namespace } = inputs.deploy
  const rules = alertRules(inputs)
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: api.name, namespace, labels: labelsOf(api.name, 'alerts') },
    spec: {
      groups: AlertFamily.options.map((family) => ({
        name: `torghut-${family}`,
        rules: [
          ...(family === 'availability' ? [loopRecording(alertFacts(inputs))] : []),
          ...rules.filter((rule) => rule.family === family).map((rule) => toRule(rule, inputs)),
        ],
      })),
    },
  }
}

function toRule(
  { alert, expr, forMinutes, severity, family, summary, step }: AlertRule,
  { deploy, owners }: Inputs,
) {
  return {
    alert,
    expr,
    ...(forMinutes === 0 ? {} : { for: `${forMinutes}m` }),
    labels: { severity, family, owner: owners.families[family] },
    annotations: { summary, runbook_url: `${deploy.runbooksUrl}/${family}.md#${step}` },
  }
}
