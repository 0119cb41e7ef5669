import type { FieldNode } from 'graphql';
import type { Site, Values } from './parameters.js';
import { badInput } from './values.js';

/** Most rows of one page. */
export const MAX_PAGE_SIZE = 100;
const DEFAULT_PAGE_SIZE = 50;

/** Which page a list's arguments ask for. */
export interface Page {
  /** Within the bounds: what is out of them is refused before the statement runs. */
  size: number;
  /** By `last`, from the end. */
  backward: boolean;
  after: boolean;
  before: boolean;
}

/** `last` turns the page round; `first` has a default, so only a written one contradicts it. */
export function pageOf(args: Values): Page {
  const backward = isNumber(args['last']);
  const asked = args[backward ? 'last' : 'first'];
  const size = isNumber(asked) ? asked : DEFAULT_PAGE_SIZE;
  return {
    size: Math.max(0, Math.min(MAX_PAGE_SIZE, size)),
    backward,
    after: typeof args['after'] === 'string',
    before: typeof args['before'] === 'string',
  };
}

/** Refuses page sizes out of bounds, and `first` beside `last`. */
export function checkPage(site: Site): void {
  site.checks.push((args, variables) => {
    for (const name of ['first', 'last']) {
      const size = args[name];
      if (isNumber(size) && (size < 0 || size > MAX_PAGE_SIZE)) {
        throw badInput(`"${name}" is ${size}; a page has 0 to ${MAX_PAGE_SIZE} entries.`, name);
      }
    }
    if (isNumber(args['last']) && isNumber(args['first']) && isWritten(site.node, 'first', variables)) {
      throw badInput('Give "first" or "last", not both.', 'last');
    }
  });
}

function isWritten(node: FieldNode, name: string, variables: Values): boolean {
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  return value !== undefined && (value.kind !== 'Variable' || Object.hasOwn(variables, value.name.value));
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
