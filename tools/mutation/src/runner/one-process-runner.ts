import { resolve } from 'node:path'
import { BroadcastChannel } from 'node:worker_threads'

import { PluginKind, declareClassPlugin } from '@stryker-mutator/api/plugin'
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner'
import type { DryRunResult, MutantRunOptions, MutantRunResult, TestResult, TestRunner } from '@stryker-mutator/api/test-runner'
import type { Vitest } from 'vitest/node'
import { createVitest } from 'vitest/node'

import type { Answer, Order, RunTest } from './messages.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Name of the channel on which mutants are handed to the loop. */
    channel: string
  }
}

/**
 * Runs the tests of the gates for Stryker in one worker that stays: the runner it has for vitest starts a worker for each of
 * some four thousand mutants, and nearly all of its time is reading the contracts again. The gates keep nothing between calls, so
 * their tests can be called again; `mutant-loop.ts` checks that of each test that kills.
 */
class OneProcessRunner implements TestRunner {
  private readonly channelName = `gate-mutants-${process.pid}`
  private readonly channel = new BroadcastChannel(this.channelName)
  private vitest: Vitest | null = null
  private ended: Promise<never> | null = null

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    this.vitest = await createVitest('test', { config: 'tools/mutation/vitest.config.ts', watch: false, reporters: [{}] })
    this.vitest.provide('channel', this.channelName)
    const ready = this.nextAnswer()
    this.ended = this.vitest.start().then(({ unhandledErrors, testModules }) => {
      const errors = [...unhandledErrors, ...testModules.flatMap((module) => module.errors())]
      throw new Error(`The loop that judges mutants ended: ${errors.map(String).join('; ')}`)
    })
    this.ended.catch(() => {})
    await Promise.race([ready, this.ended])
  }

  async dryRun(): Promise<DryRunResult> {
    const answer = await this.ask({ kind: 'dry-run' })
    if (answer.kind !== 'dry-run') return { status: DryRunStatus.Error, errorMessage: `Unexpected answer "${answer.kind}"` }
    return { status: DryRunStatus.Complete, tests: answer.tests.map(toTestResult), mutantCoverage: answer.coverage }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }: MutantRunOptions): Promise<MutantRunResult> {
    const answer = await this.ask({
      kind: 'mutant',
      mutantId: activeMutant.id,
      testIds: testFilter ?? null,
      hitLimit: hitLimit ?? null,
      isStatic: mutantActivation === 'static',
    })
    if (answer.kind === 'endless') return { status: MutantRunStatus.Timeout, reason: 'Hit limit reached' }
    if (answer.kind === 'survived') return { status: MutantRunStatus.Survived, nrOfTests: answer.testCount }
    if (answer.kind !== 'killed') return { status: MutantRunStatus.Error, errorMessage: `Unexpected answer "${answer.kind}"` }
    const { testId, failure, testCount } = answer
    return { status: MutantRunStatus.Killed, killedBy: [testId], failureMessage: failure, nrOfTests: testCount }
  }

  async dispose(): Promise<void> {
    this.channel.postMessage({ kind: 'stop' } satisfies Order)
    await this.ended?.catch(() => {})
    this.channel.close()
    await this.vitest?.close()
  }

  private async ask(order: Order): Promise<Answer> {
    const answer = this.nextAnswer()
    this.channel.postMessage(order)
    return await (this.ended === null ? answer : Promise.race([answer, this.ended]))
  }

  private async nextAnswer(): Promise<Answer> {
    return await new Promise((resolve) => {
      this.channel.onmessage = (message) => resolve((message as { data: Answer }).data)
    })
  }
}

function toTestResult({ id, name, file, durationMs, failure }: RunTest): TestResult {
  // The loop knows files by their path from the root, which is where this process runs.
  const test = { id, name, fileName: resolve(`.${file}`), timeSpentMs: durationMs }
  return failure === null ? { ...test, status: TestStatus.Success } : { ...test, status: TestStatus.Failed, failureMessage: failure }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'one-process', OneProcessRunner)]
