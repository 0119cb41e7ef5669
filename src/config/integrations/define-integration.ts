import { z } from 'zod';
import type { ValuesOf, Variable } from '../variables.js';

/** The variables that configure an integration of one connector, and what becomes of them. */
export interface IntegrationVariables {
  /** The connector's name, also the integration's id. */
  connector: string;
  title: string;
  /** What the variables' names start with; the table below names them without it. */
  prefix: string;
  variables: Record<string, Variable>;
  /** Those that must be there as soon as one is. */
  required: readonly string[];
  /** Checked by the connector's own schemas before anything is sealed. */
  configure(values: Record<string, unknown>): IntegrationParts;
}

interface IntegrationParts {
  credentials: Record<string, unknown>;
  settings: Record<string, unknown>;
}

const MERCHANT_ID: Variable = {
  schema: z.string(),
  default: 'default',
  about: "The merchant whose integration it is. The default is the portal's merchant, else `default`.",
  expected: "the merchant's id",
  example: 'your-merchant-id',
};

const ENABLED: Variable = {
  schema: z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1'),
  about:
    'The master switch, read at start: `false` alone switches off every integration with this system, however it was made; what is stored stays. Not set: as it is in the hub.',
  expected: 'true or false',
  example: 'true',
};

/** Every integration belongs to a merchant and can be switched off, so each table has a `MERCHANT_ID` and an `ENABLED`. */
export function defineIntegration<Table extends Record<string, Variable>>(definition: {
  connector: string;
  title: string;
  prefix: string;
  variables: Table;
  required: readonly (keyof Table & string)[];
  configure(values: ValuesOf<Table>): IntegrationParts;
}): IntegrationVariables {
  return {
    ...definition,
    variables: {
      ...definition.variables,
      ENABLED,
      MERCHANT_ID: definition.variables['MERCHANT_ID'] ?? MERCHANT_ID,
    },
  } as IntegrationVariables;
}
