import { type FieldNode, Kind } from 'graphql';
import { type Form, formsOf, LONGEST_KEY, readForm } from './keys.js';
import type { Column, Noun } from './nouns.js';
import { openSite, parameter, type Site, type Values } from './parameters.js';
import { type Field, newAlias, nounOf, type Planning, visible, whereAll } from './planning.js';
import { concat, literal, type Piece } from './sql-text.js';
import { badInput, checkValue } from './values.js';

/** A router puts everything that it wants of one subgraph into one list. */
const MAX_REPRESENTATIONS = 1_000;

/** Writes `_entities`: however many nouns are named, of whatever types and keys, they are read by this one expression. */
export function writeEntities(planning: Planning, field: Field, nodes: readonly FieldNode[]): Piece[] {
  const node = nodes[0] as FieldNode;
  const { site, args } = openSite(planning.parameters, field, node, planning.variables);
  site.checks.push((given) => checkRepresentations(planning, given));
  const forms = formsToPlan(planning, site, node, args);
  if (forms.length === 0) return ['[]'];
  const row = newAlias(planning);
  const list = (read: (representation: unknown) => string | null) =>
    parameter(planning.parameters, site, 'representations', 'text[]', (given) => listOf(given).map(read));
  const columns = [list((one) => readForm(planning.schema, one).name)];
  for (let place = 0; place < LONGEST_KEY; place += 1) columns.push(list((one) => keyValue(planning, one, place)));
  const found = forms.map((form) => `when ${literal(form.name)} then ${writeLookup(planning, form, nodes, row)}`);
  const rows = `unnest(${columns.join(',')}) with ordinality ${row}(form,${keyNames().join(',')},place)`;
  const object = `coalesce(case ${row}.form ${found.join(' ')} end,'null')`;
  return ['[', { sql: `(select coalesce(string_agg(${object},',' order by ${row}.place),'') from ${rows})` }, ']'];
}

const keyNames = () => Array.from({ length: LONGEST_KEY }, (_, place) => `key${place}`);

function listOf(args: Values): readonly unknown[] {
  return args['representations'] as readonly unknown[];
}

/** Those that the representations have. A plan holds for others of the same forms; where a plan cannot know them, it has all. */
function formsToPlan(planning: Planning, site: Site, node: FieldNode, args: Values): Form[] {
  const isVariable = node.arguments?.every(({ value }) => value.kind === Kind.VARIABLE);
  if (!site.fixed && !isVariable) return formsOf(planning.schema);
  const names = new Set<string>();
  for (const representation of listOf(args)) {
    try {
      names.add(readForm(planning.schema, representation).name);
    } catch {
      // The check of the site refuses it.
    }
  }
  return formsOf(planning.schema).filter(({ name }) => names.has(name));
}

function checkRepresentations({ schema }: Planning, args: Values): void {
  const { length } = listOf(args);
  if (length > MAX_REPRESENTATIONS)
    throw badInput(`At most ${MAX_REPRESENTATIONS} representations are read at once, not ${length}.`);
  for (const representation of listOf(args)) readForm(schema, representation);
}

/** The noun's object as a subselect over the representations' row. */
function writeLookup(planning: Planning, { type, key }: Form, nodes: readonly FieldNode[], from: string): string {
  const noun = nounOf(planning, type);
  const row = newAlias(planning);
  const object = concat(planning.writeRow(type, nodes, row));
  const same = key.map((name, place) => {
    const column = columnOf(noun, name);
    return `${row}.${column.sql} = ${from}.key${place}::${column.type}`;
  });
  return `(select ${object} from ${noun.table} ${row}${whereAll([...same, ...visible(planning, noun, row)])})`;
}

/** One value of a key as text; what cannot be one is unknown, not an error. */
function keyValue(planning: Planning, representation: unknown, place: number): string | null {
  const { type, key } = readForm(planning.schema, representation);
  const name = key[place];
  if (name === undefined) return null;
  const value = String((representation as Record<string, unknown>)[name]);
  try {
    checkValue(name, columnOf(nounOf(planning, type), name).type, value);
    return value;
  } catch {
    return null;
  }
}

function columnOf(noun: Noun, name: string): Column {
  const column = noun.columns[name];
  if (!column) throw new Error(`${noun.name} has no column ${name} for its key`);
  return column;
}
