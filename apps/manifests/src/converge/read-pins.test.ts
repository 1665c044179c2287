import { expect, test } from 'vitest'

import { parsePins, readPins } from './read-pins.ts'
import { TARGET } from './testing/service.ts'

const pins = (env: string) => `{\n  "targets": [${JSON.stringify(TARGET)}],\n  "env": {\n    ${env}\n  }\n}\n`

test('parsePins() reads targets and names', () => {
  expect(parsePins('p.json', pins('"LLM_MODEL": "m", "LLM_ENABLED": null'))).toEqual({
    targets: [TARGET],
    env: { LLM_MODEL: 'm', LLM_ENABLED: null },
  })
})

test.each([
  ['what is not JSON', '{\n  "targets": [\n', 3],
  ['a comma too many', pins('"LLM_MODEL": "m",'), 5],
  ['a name that comes twice', pins('"LLM_MODEL": "m",\n    "LLM_MODEL": "n"'), 5],
  ['a value that is no string', pins('"A": "b",\n    "LLM_MODEL": 5'), 5],
  ['an empty value', pins('"LLM_MODEL": ""'), 4],
  ['a deprecated name with a value', pins('"A": "b",\n    "LLM_ENABLED": "true"'), 5],
  ['an unknown key', '{\n  "env": {}, "targets": [], "note": 1 }', 2],
  ['a hash that is too short', pins('"LLM_DSPY_ARTIFACT_HASH": "abc"'), 4],
  ['a hash in upper case', pins(`"LLM_DSPY_ARTIFACT_HASH": "${'A'.repeat(64)}"`), 4],
  [
    'the bootstrap heuristic',
    pins('"LLM_DSPY_ARTIFACT_HASH": "df087a5e643d6478b1ebe51bf44ad2d0e2228825c1c0a8e9dc345729d6a3bbff"'),
    4,
  ],
  ['a secret', pins('"JANGAR_API_KEY": "x"'), 4],
  ['what releases write', pins('"TORGHUT_IMAGE_DIGEST": "x"'), 4],
])('parsePins() refuses %s with its line', (_what, text, line) => {
  expect(() => parsePins('p.json', text)).toThrow(new RegExp(`^p\\.json:${line}: Cannot [^\\n]+$`))
})

test('parsePins() takes the absence of a secret or a deprecated name', () => {
  expect(parsePins('p.json', pins('"JANGAR_API_KEY": null, "LLM_PROVIDER": null')).env).toEqual({
    JANGAR_API_KEY: null,
    LLM_PROVIDER: null,
  })
})

test('readPins() says that a file cannot be read', () => {
  expect(() => readPins('/nowhere/pins.json')).toThrow('/nowhere/pins.json: Cannot read the pins (ENOENT)')
})
