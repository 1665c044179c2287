import { defineConfig } from 'drizzle-kit'

/** `drizzle-kit generate` compares these tables with the last snapshot in `migrations/meta`. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/schema/*.ts',
  out: './migrations',
})
