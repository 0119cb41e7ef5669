/** A step into an object, to one element of a list, or to each of them. */
export type Step = { field: string } | { index: number } | { each: true };

const SEGMENT = /^([^.[\]]+)((?:\[\d{0,4}\])*)$/;
/** Names that reach behind an object's own fields. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const MOST_STEPS = 20;

/** The steps of `a.b[0].c` or `items[].tax`; null when it is no such path. */
export function parsePath(path: string): Step[] | null {
  const steps: Step[] = [];
  for (const segment of path.split('.')) {
    const [, field, brackets = ''] = SEGMENT.exec(segment.trim()) ?? [];
    if (!field || FORBIDDEN.has(field)) return null;
    steps.push({ field });
    for (const [, digits] of brackets.matchAll(/\[(\d*)\]/g))
      steps.push(digits === '' ? { each: true } : { index: Number(digits) });
  }
  return steps.length <= MOST_STEPS ? steps : null;
}

/**
 * A copy of `target` in which the value stands at the path; what is not on the way is shared. A step to each element takes a list's
 * elements one by one, and any other value for all of them.
 * @throws Error when the way leads through something that is neither object nor list, or past a list's end
 */
export function writeAt(target: unknown, [step, ...rest]: readonly Step[], value: unknown): unknown {
  if (!step) return value;
  if ('field' in step) {
    const object = asObject(target, step.field);
    const present = Object.hasOwn(object, step.field) ? object[step.field] : undefined;
    return { ...object, [step.field]: writeAt(present, rest, value) };
  }
  const list = asList(target);
  if ('index' in step) {
    if (step.index > list.length) throw new Error(`the list has ${list.length} elements, none before [${step.index}]`);
    return Object.assign([...list], { [step.index]: writeAt(list[step.index], rest, value) });
  }
  if (Array.isArray(value) && value.length !== list.length)
    throw new Error(`${value.length} values cannot be written to ${list.length} elements`);
  return list.map((element, index) => writeAt(element, rest, Array.isArray(value) ? value[index] : value));
}

function asObject(target: unknown, field: string): Record<string, unknown> {
  if (target === undefined || target === null) return {};
  if (typeof target === 'object' && !Array.isArray(target)) return target as Record<string, unknown>;
  throw new Error(`there is no object in which ${field} could be written`);
}

function asList(target: unknown): unknown[] {
  if (target === undefined || target === null) return [];
  if (Array.isArray(target)) return target;
  throw new Error('there is no list where the path has one');
}
