import { z } from 'zod'

const Cpu = z.string().regex(/^([1-9]\d{0,4}m|[1-9]\d{0,2})$/, 'expected CPU such as 500m or 2')
const Memory = z.string().regex(/^[1-9]\d{0,4}(Mi|Gi)$/, 'expected memory such as 512Mi or 2Gi')

/** What a container asks for and may take. CPU has no limit: throttling would turn load into missed deadlines. */
export const ResourceAmounts = z.strictObject({ cpu: Cpu, memory: Memory, memoryLimit: Memory })
export type ResourceAmounts = z.output<typeof ResourceAmounts>
