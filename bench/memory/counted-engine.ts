import type { Found, Job } from '../contestants/job.ts'
export async function countedEngine(_job: Job): Promise<Found> {
  return { items: 0 }
}
