import jsonata from 'jsonata';
import { decimalFunctions } from './decimal-functions.js';

/** Takes the arguments, and the value that stands for the first where it is left out. @throws what the function throws */
export type DirectFunction = (args: unknown[], context: unknown) => unknown;

/** A function as JSONata keeps its own. */
interface OwnFunction {
  signature: { validate(args: unknown[], context: unknown): unknown[] };
  implementation(...args: unknown[]): unknown;
}

/** Those of JSONata that take single values and answer one, at once, whatever else is going on. */
const NAMES = [
  ...['uppercase', 'lowercase', 'trim', 'length', 'substring', 'substringBefore', 'substringAfter', 'pad'],
  ...['string', 'number', 'boolean', 'not', 'exists', 'type', 'lookup'],
  ...['abs', 'floor', 'ceil', 'round', 'power', 'sqrt', 'formatNumber', 'formatBase'],
];

/** JSONata's own code for them, and the decimal functions, by their names without `$`. */
export const directFunctions: ReadonlyMap<string, DirectFunction> = new Map([
  ...(await Promise.all(NAMES.map(async (name): Promise<[string, DirectFunction]> => [name, await ownFunction(name)]))),
  ['contains', ([text, part]) => textOf(text).includes(textOf(part))],
  ['replace', (args) => replaceText(args)],
  ...Object.entries(decimalFunctions).map(([name, work]): [string, DirectFunction] => [name, (args) => work(...args)]),
]);

/** Text by text. Patterns and functions, and what stands for a missing argument, are left to JSONata. */
function replaceText([text, old, by, ...others]: unknown[]): string {
  if (old === '' || others.length > 0) throw new Error('only JSONata can tell');
  return textOf(text).replaceAll(textOf(old), () => textOf(by));
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error('only JSONata can tell');
}

async function ownFunction(name: string): Promise<DirectFunction> {
  const { signature, implementation } = (await jsonata(`$${name}`).evaluate(null)) as OwnFunction;
  return (args, context) => implementation(...signature.validate(args, context));
}
