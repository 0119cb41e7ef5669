import { parseArgs } from 'node:util';
import { z } from 'zod';

const Options = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  seed: z.coerce.number().int().default(1),
  'api-key': z.string().min(1),
  'api-secret': z.string().min(1),
  'webhook-url': z.url().optional(),
  lifecycle: z.enum(['on', 'off']).default('off'),
  'step-ms': z.coerce.number().int().min(1).default(2000),
  'state-file': z.string().min(1).optional(),
});

/** How a simulator process was started. */
export interface SimulatorOptions {
  port: number;
  seed: number;
  apiKey: string;
  apiSecret: string;
  /** Where webhooks go; without it none are sent. May be set later by the control API. */
  webhookUrl: string | null;
  /** Whether entities move through their life by themselves, and the mean time of a step. */
  lifecycle: boolean;
  stepMs: number;
  /** Where the state is kept for the next start, as of its end, or some seconds ago if it was killed. Null: nowhere. */
  stateFile: string | null;
}

/** @throws Error that says what is wrong with the arguments */
export function readOptions(args: string[]): SimulatorOptions {
  const names = Object.keys(Options.shape);
  const { values } = parseArgs({ args, options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
  const parsed = Options.safeParse(values);
  if (!parsed.success) throw new Error(`Wrong arguments:\n${z.prettifyError(parsed.error)}`);
  const options = parsed.data;
  return {
    port: options.port,
    seed: options.seed,
    apiKey: options['api-key'],
    apiSecret: options['api-secret'],
    webhookUrl: options['webhook-url'] ?? null,
    lifecycle: options.lifecycle === 'on',
    stepMs: options['step-ms'],
    stateFile: options['state-file'] ?? null,
  };
}
