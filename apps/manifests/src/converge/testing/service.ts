import { PinsFile } from '@torghut/contracts'

/** The container the examples pin. */
export const TARGET = {
  group: 'serving.knative.dev',
  kind: 'Service',
  namespace: 'torghut',
  name: 'torghut',
  container: 'user-container',
}

/** Pins of that container. */
export function pinsOf(
  env: Readonly<Record<string, string | null>>,
  ...targets: readonly object[]
): PinsFile {
  return PinsFile.parse({ targets: [TARGET, ...targets], env })
}

/** A Knative Service with these lines below `env:`, which stands on line 11; the first entry is on line 12. */
export function service(env: string, { namespace = 'torghut', after = '' } = {}): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: torghut
${namespace === '' ? '  labels: {}' : `  namespace: ${namespace}`}
spec:
  template:
    spec:
      containers:
        - name: user-container
          env:
${env.replace(/^(?=.)/gm, '            ')}${after}`
}
