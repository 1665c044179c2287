/** Measures one variant once; keys are figures, such as `p50Ms`. */
export type Variant<F extends string> = () => Promise<Record<F, number>>

/** For each variant, what every round measured. */
export type Rounds<F extends string> = Record<F, number[]>

/**
 * Measures every variant once a round and begins each round with another one, so that neither a busy minute nor the
 * place in the line favours anybody. Throws the reason of `signal` between two measurements.
 */
export async function interleave<F extends string>(
  variants: ReadonlyMap<string, Variant<F>>,
  { rounds, signal }: { rounds: number; signal: AbortSignal },
): Promise<Map<string, Rounds<F>>> {
  const measured = new Map<string, Rounds<F>>()
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of rotated([...variants], round)) {
      signal.throwIfAborted()
      collect(measured, name, await measure())
    }
  }
  return measured
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % Math.max(1, items.length)
  return [...items.slice(start), ...items.slice(0, start)]
}

function collect<F extends string>(measured: Map<string, Rounds<F>>, name: string, figures: Record<F, number>): void {
  const rounds = measured.get(name) ?? ({} as Rounds<F>)
  for (const [figure, value] of Object.entries(figures) as [F, number][]) (rounds[figure] ??= []).push(value)
  measured.set(name, rounds)
}
