import { z } from 'zod'

import type { KubernetesObject } from '../objects/kubernetes-object.ts'

const EnvironmentVariable = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({ secretKeyRef: z.looseObject({ optional: z.boolean().optional() }).optional() })
    .optional(),
})

const Container = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  env: z.array(EnvironmentVariable).default([]),
  envFrom: z.array(z.unknown()).default([]),
  ports: z.array(z.looseObject({ containerPort: z.int() })).default([]),
})
export type Container = z.output<typeof Container>

const Workload = z.looseObject({
  spec: z.looseObject({
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.unknown()) }) }),
  }),
})

/** A container of a Service, Deployment or Job by its name; null when there is none, or none that can be read. */
export function containerOf(object: KubernetesObject, name: string): Container | null {
  const workload = Workload.safeParse(object)
  if (!workload.success) return null
  const containers = workload.data.spec.template.spec.containers.map((container) =>
    Container.safeParse(container),
  )
  return containers.find(({ data }) => data?.name === name)?.data ?? null
}

/** Names and literal values of a container; null stands for a value by reference. Of a repeated name the last wins. */
export function variablesIn(container: Container): Record<string, string | null> {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value ?? null]))
}
