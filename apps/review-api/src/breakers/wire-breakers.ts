import type { Store } from '@torghut/artifact-store'
import type { CircuitSnapshot, RuntimeEnvironment } from '@torghut/contracts'
import { artifactBreakerKey, gatewayBreakerKey } from '@torghut/programs'
import { exportBreakers } from '@torghut/telemetry'
import type { Logger, ReviewMetrics } from '@torghut/telemetry'
import { v4 as uuidv4 } from 'uuid'

import { systemClock } from '../clock.ts'
import { Breakers } from './breakers.ts'
import type { SharedBreakers } from './breakers.ts'

export interface WiredBreakers {
  breakers: Breakers
  /** The breaker of the gateway and model this process asks. */
  circuit(): CircuitSnapshot
  /** Follows what the other replicas do, until the store is closed. */
  follow(store: Store): Promise<void>
}

/** The breakers of this process: settings from the environment, the fleet's state from the store, changes to the log. */
export function wireBreakers(
  environment: RuntimeEnvironment,
  parts: { logger: Logger; metrics: ReviewMetrics; store(): Store },
): WiredBreakers {
  const { logger, metrics } = parts
  const gatewayKey = gatewayBreakerKey(environment.jangar.origin, environment.model)
  const breakers = new Breakers({
    settings: environment.circuit,
    budgetMs: environment.programTimeoutMs,
    clock: systemClock,
    newOwner: () => uuidv4(),
    shared: () => parts.store().breakers satisfies SharedBreakers,
    keys: [gatewayKey, artifactBreakerKey(environment.artifactHash)],
    onPhase: (breaker, circuit) => {
      if (circuit.open) metrics.countCircuitOpened()
      logger.warn({ breaker, until: circuit.open_until }, circuit.open ? 'Breaker opened' : 'Breaker closed')
    },
    onAlone: (error) => {
      if (error === null) logger.info('Breaker reports reach the database again')
      else logger.warn({ err: error }, 'Breaker reports do not reach the database: this replica counts for itself')
    },
  })
  exportBreakers(metrics.registry, () => breakers.keys().map((key) => ({ key, circuit: breakers.snapshot(key) })))
  return {
    breakers,
    circuit: () => breakers.snapshot(gatewayKey),
    follow: (store) =>
      store.watchBreakers({
        keys: breakers.keys,
        onRead: (read, readAtMs) => breakers.adopt(read, readAtMs),
        onLost: (error) => logger.warn({ err: error }, 'The breakers of the fleet cannot be read'),
      }),
  }
}
