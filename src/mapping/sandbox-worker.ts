import { parentPort, workerData } from 'node:worker_threads';
import { parseExactJson } from '../connectors/exact-json.js';
import { compile, type Evaluated, evaluate, evaluateDirectly, failed, type Limits } from './evaluate.js';
import type { Program } from './mapping-rules.js';

/** Documents for the same programs, as JSON; without them the programs are compiled only. */
export interface Task {
  programs: Program[];
  documents: string[] | null;
}

/** After so long the rest is left for another turn: others wait for the thread, too. */
const TURN_MS = 50;

const limits = workerData as Limits;

parentPort?.on('message', async ({ programs, documents }: Task) => {
  parentPort?.postMessage(documents === null ? [programs.map(check)] : await evaluateSome(programs, documents));
});
parentPort?.postMessage('ready');

/** Results of the first documents, at least of one. */
async function evaluateSome(programs: Program[], documents: string[]): Promise<Evaluated[][]> {
  const until = performance.now() + TURN_MS;
  const results: Evaluated[][] = [];
  for (const document of documents) {
    results.push(await evaluateAll(programs, parseExactJson(document)));
    if (performance.now() > until) break;
  }
  return results;
}

async function evaluateAll(programs: Program[], document: unknown): Promise<Evaluated[]> {
  const results: Evaluated[] = [];
  for (const program of programs)
    results.push(evaluateDirectly(program, document, limits) ?? (await evaluate(program, document, limits)));
  return results;
}

function check({ source, transformation }: Program): Evaluated {
  for (const [part, text] of Object.entries({ source, transformation })) {
    try {
      if (text !== null) compile(text, limits);
    } catch (thrown) {
      return { json: JSON.stringify(part), ...failed(thrown) };
    }
  }
  return {};
}
