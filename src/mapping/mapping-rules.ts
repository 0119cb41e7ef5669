import { z } from 'zod';
import type { Direction, EntityType } from '../model/statuses.js';
import { isNamed } from './transformations.js';

const LONGEST_EXPRESSION = 4_000;
const MOST_RULES = 200;

const expression = z
  .string()
  .max(LONGEST_EXPRESSION, `is longer than ${LONGEST_EXPRESSION} characters`)
  .refine((text) => text.trim() !== '', 'is empty');

/** One field of a mapping. */
export const mappingRuleSchema = z.object({
  /** A path, or any JSONata expression, over what is mapped. */
  source: expression,
  /** Where the value is written: `a.b`, `items[0].sku`, or `items[].tax` for each element. */
  target: z.string().max(255, 'is longer than 255 characters'),
  /** Whether a missing value is an error; otherwise nothing is written. */
  required: z
    .boolean()
    .nullish()
    .transform((required) => required ?? false),
  /** One of those with a name (`transformations.ts`), or a JSONata expression in which `$` is the value and `$document` the whole. */
  transformation: expression.nullish().transform((text) => text ?? null),
  /** Written where the source has no value; of what the hub has already only where that has none either. */
  defaultValue: z
    .unknown()
    .optional()
    .transform((value) => value ?? null),
});
export type MappingRule = z.infer<typeof mappingRuleSchema>;

export const mappingRulesSchema = z
  .array(mappingRuleSchema)
  .min(1, 'has no rule')
  .max(MOST_RULES, `has more than ${MOST_RULES} rules`);

/** The rules of one integration for one kind of entity in one direction. */
export interface RuleSet {
  entityType: EntityType;
  direction: Direction;
  /** Left out: they are no saved version yet. */
  version?: number;
  rules: MappingRule[];
}

/** For messages: `inbound product mapping, version 3`. */
export function nameOfMapping({ entityType, direction, version }: RuleSet): string {
  const kind = entityType.toLowerCase().replace('_', ' ');
  return `${direction.toLowerCase()} ${kind} mapping${version === undefined ? '' : `, version ${version}`}`;
}

/** What is evaluated of a rule in the sandbox. */
export interface Program {
  source: string;
  /** Null: there is none, or a named one, which is no foreign code. */
  transformation: string | null;
}

export function programOf({ source, transformation }: MappingRule): Program {
  return {
    source,
    transformation: isNamed(transformation) ? null : transformation,
  };
}
