import { sampleRows, SPLIT_RULE } from './testing/sample-reviews.ts'
import { SplitPlanner } from './split/split-planner.ts'
import { namedStream } from './random/random-stream.ts'
import { sha256Hex } from '@torghut/contracts'
const [base] = sampleRows({ seed: 'x', days: 3, horizonDays: 1 })
const n = 1_000_000
const a = performance.now()
const s = namedStream('p' + n)
const p = new SplitPlanner({ ...SPLIT_RULE, regimes_required: [], rows_min: 1 })
for (let i = 0; i < n; i++) {
  const input = { ...base!.input, request: { ...base!.input.request, market: { ...base!.input.request.market!, price: (20 + 200 * s.nextUnit()).toFixed(2) } } }
  const at = new Date(1.7e12 + i * 60000).toISOString()
  p.add({ ...base!, symbol: 'S' + (i % 200), row_id: sha256Hex('' + i), decided_at: at, label_ends_at: new Date(1.7e12 + i * 60000 + 86400000).toISOString(), input } as any)
}
const m = process.memoryUsage()
const plan = p.plan()
console.log(n, plan.ok, ((performance.now() - a) / 1000).toFixed(1) + ' s', 'before plan', JSON.stringify(m), 'after', (process.memoryUsage().rss / 1e6).toFixed(0))
