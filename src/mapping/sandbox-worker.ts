import { parentPort, workerData } from 'node:worker_threads';
import { parseExactJson } from '../connectors/exact-json.js';
import { compile, type Evaluated, evaluate, failed, type Limits } from './evaluate.js';
import type { Program } from './mapping-rules.js';

/** One document for all rules of a set; without one the programs are compiled only. */
export interface Task {
  programs: Program[];
  document: string | null;
}

const limits = workerData as Limits;

parentPort?.on('message', async ({ programs, document }: Task) => {
  const results = document === null ? programs.map(check) : await evaluateAll(programs, parseExactJson(document));
  parentPort?.postMessage(results);
});
parentPort?.postMessage('ready');

async function evaluateAll(programs: Program[], document: unknown): Promise<Evaluated[]> {
  const results: Evaluated[] = [];
  for (const program of programs) results.push(await evaluate(program, document, limits));
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
