import { parentPort, workerData } from 'node:worker_threads';
import { parseExactJson } from '../connectors/text/exact-json.js';
import { compile, type Evaluated, evaluateProgram, failed, type Limits } from './evaluate-program.js';
import type { Program } from './mapping-rules.js';

/** Documents for the same programs, as JSON; without them the programs are compiled only. */
export interface Task {
  programs: Program[];
  documents: string[] | null;
}

/** After so long the rest is left for another turn: others wait for the thread, too. */
const TURN_MS = 50;

const limits = workerData as Limits;

parentPort?.on('message', ({ programs, documents }: Task) => {
  parentPort?.postMessage(documents === null ? [programs.map(check)] : evaluateSome(programs, documents));
});
parentPort?.postMessage('ready');

/** Results of the first documents, at least of one. */
function evaluateSome(programs: Program[], documents: string[]): Evaluated[][] {
  const until = performance.now() + TURN_MS;
  const results: Evaluated[][] = [];
  for (const document of documents) {
    const parsed = parseExactJson(document);
    results.push(programs.map((program) => evaluateProgram(program, parsed, limits)));
    if (performance.now() > until) break;
  }
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
