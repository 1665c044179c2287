import type { AlertRule } from '../alert-rule.ts'
import type { AlertCase, Scenario } from './alert-case.ts'

/** A rule as it stands in the PrometheusRule. */
export interface WrittenRule {
  alert: string
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
}

/** Longer stories are evaluated in larger steps, or promtool would take minutes for three days. */
const STEPS = [
  { untilMinutes: 150, step: '1m' },
  { untilMinutes: 12 * 60, step: '5m' },
]
const LARGEST_STEP = '15m'

/**
 * The two stories of an alert as a document of `promtool test rules`: in the first exactly this alert is expected, with
 * its labels and its words filled in; in the second none of this name.
 */
export function promtoolDocument(rulesFile: string, rules: readonly WrittenRule[], each: AlertCase): object {
  const minutes = Math.max(each.fires.atMinutes, each.quiet.atMinutes)
  return {
    rule_files: [rulesFile],
    evaluation_interval: STEPS.find(({ untilMinutes }) => minutes <= untilMinutes)?.step ?? LARGEST_STEP,
    tests: [toTest(each.fires, each, true, rules), toTest(each.quiet, each, false, rules)],
  }
}

function toTest(
  { atMinutes, series }: Scenario,
  each: AlertCase,
  isExpected: boolean,
  rules: readonly WrittenRule[],
) {
  return {
    name: `${each.alert} ${isExpected ? 'speaks' : 'is silent'}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: `${atMinutes}m`,
        alertname: each.alert,
        exp_alerts: isExpected ? [expectation(each, rules)] : [],
      },
    ],
  }
}

function expectation({ alert, labels = {} }: AlertCase, rules: readonly WrittenRule[]) {
  const rule = rules.find((candidate) => candidate.alert === alert)
  const annotations = Object.entries(rule?.annotations ?? {}).map(([name, text]) => [
    name,
    text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? ''),
  ])
  return { exp_labels: { ...labels, ...rule?.labels }, exp_annotations: Object.fromEntries(annotations) }
}

/** Every alert of the rules that has no story, or a story without a rule. */
export function unmatched(rules: readonly Pick<AlertRule, 'alert'>[], cases: readonly AlertCase[]): string[] {
  const [ruled, told] = [rules.map(({ alert }) => alert), cases.map(({ alert }) => alert)]
  return [
    ...ruled.filter((alert) => !told.includes(alert)),
    ...told.filter((alert) => !ruled.includes(alert)),
  ]
}
