import type { FieldNode, GraphQLObjectType, OperationDefinitionNode } from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { writeObject } from './members.js';
import type { Parameter, Site } from './parameters.js';
import type { PlanInput, Planning } from './planning.js';
import type { NeededRole } from './rights.js';
import { writeById, writeRoot } from './roots.js';
import { writeRow } from './row.js';
import { concat } from './sql-text.js';

/** A statement that answers an operation, or one noun inside of one, for all variables of one shape. */
export interface Plan {
  /** Answers one row with one text column: JSON, by response keys. */
  sql: string;
  sites: readonly Site[];
  parameters: readonly Parameter[];
  /** Whether `$1` is the caller's merchant. */
  merchant: boolean;
  holes: number;
  planned: number;
  roles: readonly NeededRole[];
  /** How often it ran: warm statements are prepared by name. */
  runs: number;
}

/** Plans a whole query. */
export function planOperation(input: PlanInput, operation: OperationDefinitionNode): Plan {
  const planning = begin(input, 0);
  const query = input.schema.getQueryType() as GraphQLObjectType;
  const fields = collectFields(input.schema, input.fragments, input.variables, query, operation.selectionSet);
  return finish(
    planning,
    concat(writeObject(planning, query, fields, (field, nodes) => writeRoot(planning, field, nodes))),
  );
}

/** Plans one noun by its id, which is the parameter after the merchant. */
export function planNoun(input: PlanInput, type: GraphQLObjectType, nodes: readonly FieldNode[]): Plan {
  const planning = begin(input, 1);
  const number = planning.parameters.first - 1;
  planning.planned = 1;
  return finish(
    planning,
    writeById(planning, type, nodes, (noun) => `$${number}::${noun.identity[0]?.type}`),
  );
}

/** `reserved`: parameters between the merchant and those of the operation. */
function begin(input: PlanInput, reserved: number): Planning {
  const planning: Planning = {
    ...input,
    parameters: { sites: [], list: [], first: (input.limited ? 2 : 1) + reserved },
    roles: [],
    holes: 0,
    planned: 0,
    merchantUsed: false,
    aliases: 0,
    writeRow: (type, nodes, row) => writeRow(planning, type, nodes, row),
  };
  return planning;
}

function finish(planning: Planning, expression: string): Plan {
  const { parameters, holes, planned, roles, merchantUsed } = planning;
  const sql = `select ${expression}`;
  return {
    sql,
    sites: parameters.sites,
    parameters: parameters.list,
    merchant: merchantUsed,
    holes,
    planned,
    roles,
    runs: 0,
  };
}
