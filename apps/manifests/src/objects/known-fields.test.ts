import { fileURLToPath } from 'node:url'

import ts from 'typescript'
import { expect, test } from 'vitest'

import { exampleInputs } from '../testing/example-inputs.ts'
import { generateTree } from '../tree.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** Where the type of each kind is declared. Schemas let unknown fields pass, as servers drop them; types do not. */
const DECLARED_IN: Record<string, string> = {
  ConfigMap: 'kubernetes-models/v1',
  CronJob: 'kubernetes-models/batch/v1',
  Deployment: 'kubernetes-models/apps/v1',
  Job: 'kubernetes-models/batch/v1',
  NetworkPolicy: 'kubernetes-models/networking.k8s.io/v1',
  PodDisruptionBudget: 'kubernetes-models/policy/v1',
  PodMonitor: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  PrometheusRule: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  Service: '@kubernetes-models/knative/serving.knative.dev/v1',
}

const objects = generateTree(exampleInputs())
  .map(({ object }) => object)
  .filter(({ kind }) => kind in DECLARED_IN)

test(
  'generateTree() writes no field the types of Kubernetes, Knative and Prometheus do not know',
  { timeout: 120_000 },
  () => {
    const text = JSON.stringify(objects.find(({ kind }) => kind === 'Service')).replace(
      '"timeoutSeconds":2,',
      '"timeoutSecond":2,',
    )
    // One object with a misspelt field deep inside shows that the compiler looks there.
    expect(typeErrors([...objects, JSON.parse(text)])).toEqual([
      expect.stringContaining("'\"timeoutSecond\"' does not exist in type 'IProbe'"),
    ])
  },
)

/** Writes the objects as literals of their types and asks the compiler. */
function typeErrors(given: readonly KubernetesObject[]): string[] {
  const path = fileURLToPath(new URL('./written-objects.ts', import.meta.url))
  const lines = given.map(
    (object, index) =>
      `export const o${index}: import('${DECLARED_IN[object.kind] ?? ''}').I${object.kind} = ${JSON.stringify(object)}`,
  )
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (name) => name === path || fileExists.call(host, name)
  host.getSourceFile = (name, language) =>
    name === path
      ? ts.createSourceFile(name, lines.join('\n'), language)
      : getSourceFile.call(host, name, language)
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([path], options, host))
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
