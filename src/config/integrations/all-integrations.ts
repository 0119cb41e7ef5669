import { b2bPortal } from './b2b-portal.js';
import type { IntegrationVariables } from './define-integration.js';
import { escooter } from './escooter.js';
import { extensiv } from './extensiv.js';
import { flashErp } from './flasherp.js';
import { stripe } from './stripe.js';

/** Every connector that the environment can configure, one line each. */
export const allIntegrations: readonly IntegrationVariables[] = [b2bPortal, escooter, extensiv, flashErp, stripe];
