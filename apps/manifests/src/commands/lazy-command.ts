import type { CommandModule } from 'yargs'

/**
 * A command whose code is imported when it is asked for: its libraries hold every kind of Kubernetes object,
 * which the other commands should neither wait for nor keep in memory.
 */
export function lazyCommand<A>(
  command: string,
  describe: string,
  load: () => Promise<CommandModule<object, A>>,
): CommandModule<object, A> {
  return {
    command,
    describe,
    builder: async (yargs) => {
      const { builder } = await load()
      return typeof builder === 'function' ? await builder(yargs) : yargs.options(builder ?? {})
    },
    handler: async (given) => await (await load()).handler(given),
  } as CommandModule<object, A>
}
