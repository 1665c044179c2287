/**
 * What an API server, Knative and the job controllers fill in when a manifest is silent. A live field that is not in
 * Git and has this value is no drift; any other value is. Paths end as given; `*` stands for one step.
 */
export const FILLED_IN: readonly { at: string; value: unknown }[] = [
  // Pods and containers (Kubernetes 1.32).
  { at: 'spec.dnsPolicy', value: 'ClusterFirst' },
  { at: 'spec.restartPolicy', value: 'Always' },
  { at: 'spec.schedulerName', value: 'default-scheduler' },
  { at: 'spec.securityContext', value: {} },
  { at: 'spec.terminationGracePeriodSeconds', value: 30 },
  { at: 'containers.*.imagePullPolicy', value: 'IfNotPresent' },
  { at: 'containers.*.resources', value: {} },
  { at: 'containers.*.terminationMessagePath', value: '/dev/termination-log' },
  { at: 'containers.*.terminationMessagePolicy', value: 'File' },
  { at: 'ports.*.protocol', value: 'TCP' },
  { at: 'fieldRef.apiVersion', value: 'v1' },
  { at: 'secret.defaultMode', value: 420 },
  { at: 'configMap.defaultMode', value: 420 },
  ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => [
    { at: `${probe}.failureThreshold`, value: 3 },
    { at: `${probe}.initialDelaySeconds`, value: 0 },
    { at: `${probe}.periodSeconds`, value: 10 },
    { at: `${probe}.successThreshold`, value: 1 },
    { at: `${probe}.timeoutSeconds`, value: 1 },
    { at: `${probe}.httpGet.scheme`, value: 'HTTP' },
  ]),
  { at: 'metadata.creationTimestamp', value: null },
  // Workloads.
  { at: 'spec.minReadySeconds', value: 0 },
  { at: 'spec.progressDeadlineSeconds', value: 600 },
  { at: 'spec.revisionHistoryLimit', value: 10 },
  { at: 'spec.completionMode', value: 'NonIndexed' },
  { at: 'spec.completions', value: 1 },
  { at: 'spec.parallelism', value: 1 },
  { at: 'spec.manualSelector', value: false },
  { at: 'spec.podReplacementPolicy', value: 'TerminatingOrFailed' },
  { at: 'spec.suspend', value: false },
  // Knative Serving.
  { at: 'spec.traffic', value: [{ latestRevision: true, percent: 100 }] },
  { at: 'spec.containerConcurrency', value: 0 },
  { at: 'spec.enableServiceLinks', value: false },
  { at: 'spec.timeoutSeconds', value: 300 },
  // The Prometheus operator's older definitions.
  { at: 'podMetricsEndpoints.*.bearerTokenSecret', value: { key: '' } },
]

/** Fields of the whole object that only a server writes. */
export const SERVER_FIELDS: readonly string[] = ['status']

/** What a person's metadata consists of; a server adds the rest, which describes the object and not what it does. */
export const OWN_METADATA: readonly string[] = ['name', 'namespace', 'labels', 'annotations']

/** Annotations and labels that controllers and clients put on a pod template without a change of what runs. */
export const TEMPLATE_MARKS: readonly string[] = [
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'client.knative.dev/nonce',
  'client.knative.dev/updateTimestamp',
  'client.knative.dev/user-image',
  'controller-uid',
  'job-name',
  'kubectl.kubernetes.io/restartedAt',
]

/**
 * Fields of a Knative Service that the cluster's Argo CD ignores. A difference there is told and no drift: it would
 * neither show nor mend it. Traffic is not in the list although Argo ignores it too: it decides what runs.
 */
export const ARGO_IGNORES: readonly string[] = [
  'spec.template.metadata.creationTimestamp',
  'spec.template.spec.containers.*.ports.*.protocol',
  'spec.template.spec.containers.*.readinessProbe',
  'spec.template.spec.enableServiceLinks',
]

/** Lists whose items are told apart by a key; their order means nothing to what runs. */
export const KEYED_LISTS: Readonly<Record<string, string>> = {
  containers: 'name',
  env: 'name',
  initContainers: 'name',
  items: 'key',
  volumeMounts: 'mountPath',
  volumes: 'name',
}
