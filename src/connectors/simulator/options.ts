import { z } from 'zod';

/** The environment variable by which a simulator process is told its systems: it holds keys, which a command line would show. */
export const SYSTEMS_VARIABLE = 'SIMULATED_SYSTEMS';

const Options = z.strictObject({
  port: z.int().min(0).max(65_535).default(0),
  seed: z.int().default(1),
  apiKey: z.string().min(1),
  apiSecret: z.string().min(1),
  /** Where webhooks go; without it none are sent. May be set later by the control API. */
  webhookUrl: z.url().nullable().default(null),
  /** Whether entities move through their life by themselves, and the mean time of a step, milliseconds. */
  lifecycle: z.boolean().default(false),
  stepMs: z.int().min(1).default(2000),
  /** Where the state is kept for the next start, as of its end, or some seconds ago if it was killed. Null: nowhere. */
  stateFile: z.string().min(1).nullable().default(null),
  /** The merchant's folder for files, which a system without an address shares with the hub. */
  filesRoot: z.string().min(1).nullable().default(null),
});

/** How a simulated system is started. */
export type SimulatorOptions = z.output<typeof Options>;

const Systems = z.array(z.strictObject({ module: z.url(), options: Options })).min(1);

/** A system to start. */
export interface SystemToStart {
  /** The address of the module that exports its `buildSimulator`. */
  module: string;
  options: z.input<typeof Options>;
}

/** @throws Error that says what is wrong */
export function readSystems(text: string): z.output<typeof Systems> {
  const parsed = Systems.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`Wrong options:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
