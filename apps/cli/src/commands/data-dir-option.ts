import process from 'node:process'

/** `--data-dir` of every command that has one. */
export const dataDirOption = {
  type: 'string',
  default: process.env['TORGHUT_DATA_DIR'] || './.torghut',
  describe: 'Where the database and logs live',
} as const
