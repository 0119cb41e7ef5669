import { b2bPortal } from './b2b-portal/index.js';
import type { Connector } from './connector.js';
import { csv } from './csv/index.js';
import { escooter } from './escooter/index.js';
import { extensiv } from './extensiv/index.js';
import { flashErp } from './flasherp/index.js';
import { logo } from './logo/index.js';
import { netsis } from './netsis/index.js';
import { stripe } from './stripe/index.js';

/** Every connector, one line each. */
export const connectors: readonly Connector[] = [b2bPortal, csv, escooter, extensiv, flashErp, logo, netsis, stripe];

export function findConnector(name: string): Connector | undefined {
  return connectors.find((connector) => connector.name === name);
}
