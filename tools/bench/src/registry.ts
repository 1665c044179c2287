import type { Bench } from './bench.ts'
import { assemble } from './benches/assemble.ts'
import { audit } from './benches/audit.ts'
import { converge } from './benches/converge.ts'
import { durability } from './benches/durability.ts'
import { gates } from './benches/gates.ts'
import { graph } from './benches/graph.ts'
import { path } from './benches/path.ts'

/** Every benchmark there is, in the order they run and are printed. */
export const benches: readonly Bench[] = [assemble, gates, path, durability, converge, graph, audit]
