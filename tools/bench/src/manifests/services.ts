import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = 'LLM_DSPY_ARTIFACT_HASH'

/**
 * A kustomize folder of services, and two pins files: the first is what the services say, the second is not.
 */
export interface ServiceTree {
  folder: string
  files: readonly string[]
  pins: readonly [string, string]
}

/** Writes services of the shape the real one has: literals, references, a block of JSON, a few comments. */
export async function writeServices(
  folder: string,
  { services, entries }: { services: number; entries: number },
): Promise<ServiceTree> {
  const names = Array.from({ length: services }, (_, index) => `service-${index}`)
  const hashes = ['a'.repeat(64), 'b'.repeat(64)] as const
  for (const name of names)
    await writeFile(join(folder, `${name}.yaml`), serviceText(name, entries, hashes[0]))
  const resources = names.map((name) => `  - ${name}.yaml\n`).join('')
  const header = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n'
  await writeFile(join(folder, 'kustomization.yaml'), header + resources)
  const pins = hashes.map((hash) => join(folder, `pins-${hash.charAt(0)}.json`)) as unknown as [
    string,
    string,
  ]
  for (const [index, path] of pins.entries()) await writeFile(path, pinsText(names, hashes[index] ?? ''))
  return { folder, files: names.map((name) => join(folder, `${name}.yaml`)), pins }
}

function pinsText(names: readonly string[], hash: string): string {
  const where = {
    group: 'serving.knative.dev',
    kind: 'Service',
    namespace: 'torghut',
    container: 'user-container',
  }
  return JSON.stringify({ targets: names.map((name) => ({ ...where, name })), env: { [NAME]: hash } })
}

function serviceText(name: string, entries: number, hash: string): string {
  const env = Array.from({ length: entries - 1 }, (_, index) => entryText(index))
  env.splice(entries / 2, 0, `            - name: ${NAME}\n              value: ${hash}\n`)
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
  namespace: torghut
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/minScale: "1"
    spec:
      containerConcurrency: 0
      containers:
        - name: user-container
          image: registry.example/lab/torghut@sha256:${'d'.repeat(64)}
          env:
${env.join('')}          ports:
            - name: http1
              containerPort: 8181
`
}

/** One in ten refers to a secret, as in the real list; a few have comments or hold JSON. */
function entryText(index: number): string {
  const start = `            - name: TRADING_SETTING_${index}\n`
  if (index % 10 === 0) {
    const key = `                  name: torghut-db-app\n                  key: key-${index}\n`
    return `${start}              valueFrom:\n                secretKeyRef:\n${key}`
  }
  if (index % 60 === 59)
    return `${start}              value: |\n                [{"label":"A","mode":"paper"}]\n`
  if (index % 45 === 44)
    return `            # Raised after a slow night.\n${start}              value: "${index}" # seconds\n`
  if (index % 3 === 0)
    return `${start}              value: http://service-${index}.torghut.svc.cluster.local:8080/path\n`
  return `${start}              value: "${index}"\n`
}
