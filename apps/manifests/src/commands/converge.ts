import type { CommandModule } from 'yargs'

interface ConvergeArguments {
  files: string[]
  pins: string
  check: boolean
  'remove-deprecated': boolean
  json: boolean
}

/** `manifests converge`: brings the pins of manifests written by others to the wanted values, in place. */
export const convergeCommand: CommandModule<object, ConvergeArguments> = {
  command: 'converge <files..>',
  describe:
    'Bring the pinned names of somebody else’s manifests to the wanted values; only their bytes change',
  builder: (yargs) =>
    yargs
      // The other commands take the last of a repeated option; here that would leave one file of many.
      .parserConfiguration({ 'duplicate-arguments-array': true })
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Manifests, patches, kustomizations and ConfigMaps that may be edited',
      })
      .option('pins', {
        type: 'string',
        demandOption: true,
        coerce: (path: string | string[]) => [path].flat().at(-1) ?? '',
        describe: 'JSON file of targets and of wanted names',
      })
      .option('check', {
        type: 'boolean',
        default: false,
        describe: 'Write nothing; print the unified diff and exit 1 if there is one',
      })
      .option('remove-deprecated', {
        type: 'boolean',
        default: false,
        describe: 'Remove the deprecated names too, and say what the running image then does',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Answer in JSON, diffs included' }),
  handler: async ({ files, pins, check, 'remove-deprecated': removeDeprecated, json }) => {
    const { refuseDeniedPins } = await import('../pin/refuse-denied-pins.ts')
    refuseDeniedPins(pins)
    const { runConverge } = await import('../converge/run-converge.ts')
    await runConverge({ files, pins, isCheck: check, removeDeprecated, asJson: json })
  },
}
