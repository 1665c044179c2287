import process from 'node:process'

import yargs from 'yargs'
import type { CommandModule } from 'yargs'

interface CompletionArguments {
  shell: 'bash' | 'zsh'
  json: boolean
}

/** `torghut completion`: the script that lets a shell complete commands and options. */
export const completionCommand: CommandModule<object, CompletionArguments> = {
  command: 'completion [shell]',
  describe: 'Print a completion script: source <(torghut completion bash)',
  builder: (args) =>
    args
      .positional('shell', {
        choices: ['bash', 'zsh'] as const,
        default: shellOfUser(),
        describe: 'The shell it is for',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON' }),
  handler: async ({ shell, json }) => {
    const script = await completionScript(shell)
    process.stdout.write(json ? `${JSON.stringify({ shell, script })}\n` : script)
  },
}

function shellOfUser(): CompletionArguments['shell'] {
  return process.env['SHELL']?.endsWith('zsh') ? 'zsh' : 'bash'
}

/** yargs writes the script; it picks the shell from the environment when it is made. */
async function completionScript(shell: CompletionArguments['shell']): Promise<string> {
  process.env['SHELL'] = `/bin/${shell}`
  delete process.env['ZSH_NAME']
  const { promise, resolve } = Promise.withResolvers<string>()
  void yargs()
    .scriptName('torghut')
    .completion('completion')
    .parse(['completion'], {}, (_error, _argv, output) => resolve(output))
  return `${(await promise).trimEnd()}\n`
}
