import { TradingMode } from '@torghut/contracts'
import { z } from 'zod'

import { ResourceAmounts } from './resource-amounts.ts'

const DnsLabel = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a DNS label: a-z, 0-9 and hyphens')
const EnvironmentName = z.string().regex(/^[A-Z][A-Z0-9_]{0,127}$/, 'expected a name in capitals')
const Port = z.int().min(1024).max(65_535)

/** Where one value of a Secret stands. No value of a secret is ever part of an input or an output. */
const SecretKey = z.strictObject({
  secret: DnsLabel,
  key: z.string().regex(/^[A-Za-z0-9._-]{1,253}$/),
  optional: z.boolean().default(false),
})
export type SecretKey = z.output<typeof SecretKey>

/** Pods of a namespace, narrowed by labels, and the ports they are reached at. */
const Peer = z.strictObject({
  namespace: DnsLabel,
  labels: z.record(z.string().max(316), z.string().max(63)).default({}),
  ports: z.array(z.int().min(1).max(65_535)).min(1).max(16),
})

/**
 * The program of the image starts after the review budget, so a request must live longer than the program may take;
 * generate compares the two.
 */
const ReviewApi = z
  .strictObject({
    name: DnsLabel.max(52), // Its revisions add a hyphen and ten hex digits, and stay DNS labels.
    port: Port,
    minScale: z.int().min(1, 'a review must never wait for a cold start').max(100),
    maxScale: z.int().min(1).max(100),
    targetConcurrency: z.int().min(1).max(1000),
    requestTimeoutSeconds: z.int().min(1).max(600),
    resources: ResourceAmounts,
  })
  .refine(({ minScale, maxScale }) => minScale <= maxScale, {
    path: ['maxScale'],
    message: 'expected at least minScale',
  })

const LifecycleWorker = z.strictObject({
  name: DnsLabel,
  port: Port,
  replicas: z.int().min(1).max(16),
  stopSeconds: z.int().min(1).max(3600),
  resources: ResourceAmounts,
})

const Migrations = z.strictObject({
  name: DnsLabel,
  deadlineSeconds: z.int().min(1).max(3600),
  resources: ResourceAmounts,
})

/** `config/deploy/torghut.yaml`: what a deployment chooses and no promotion does. */
export const DeployValues = z.strictObject({
  namespace: DnsLabel,
  image: z.strictObject({
    repository: z
      .string()
      .regex(/^[a-z0-9][a-z0-9./:_-]{0,253}$/, 'expected a repository without tag or digest'),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 lower-case hex digits'),
    gitSha: z
      .string()
      .regex(/^[0-9a-f]{7,64}$/)
      .nullable(),
  }),
  tradingMode: TradingMode,
  api: ReviewApi,
  worker: LifecycleWorker,
  migrations: Migrations,
  settings: z.record(EnvironmentName, z.string().min(1).max(2048)),
  secrets: z.record(EnvironmentName, SecretKey),
  secretFiles: z.record(EnvironmentName, SecretKey),
  tracingEndpoint: z.url({ protocol: /^https?$/ }).nullable(),
  network: z.strictObject({
    knativeNamespace: DnsLabel,
    ingressNamespaces: z.array(DnsLabel).max(16),
    monitoringNamespace: DnsLabel,
    callerNamespaces: z.array(DnsLabel).max(16),
    destinations: z.record(DnsLabel, Peer),
  }),
  runbooksUrl: z
    .string()
    .regex(/^(https:\/\/\S+[^/]|docs\/runbooks)$/, 'expected an https URL or docs/runbooks'),
})
export type DeployValues = z.output<typeof DeployValues>

/** The digest that stands in `config/deploy` until an image was released. No registry can serve it. */
export const UNRELEASED_DIGEST = `sha256:${'0'.repeat(64)}`
