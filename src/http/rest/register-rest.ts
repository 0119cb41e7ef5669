import type { FastifyInstance } from 'fastify';
import type { HubContext } from '../../../schema/context.js';
import type { Authenticate } from '../../access/authenticate.js';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { requireAccess } from '../../flow/access/require-access.js';
import type { Services } from '../../flow/services.js';
import type { AccessRule } from '../../model/access-rule.js';
import { noteRefusal } from '../audit-refusals.js';
import { sendError } from '../envelope.js';
import { registerAudit } from './audit/routes.js';
import type { ContextOf } from './context-of.js';
import { registerErpMock } from './erp/mock-routes.js';
import { registerErpSync, SEE_STATUS } from './erp/routes.js';
import { registerFlashErp } from './flasherp/routes.js';
import { registerIntegrationActions } from './integrations/actions.js';
import { POST_FILE, registerFiles } from './integrations/file-routes.js';
import { registerIntegrations } from './integrations/routes.js';
import { registerMappings } from './mappings/routes.js';
import { registerPortalSync } from './portal/routes.js';
import { registerWarehouse } from './warehouse/routes.js';
import { registerWatching } from './watching/routes.js';

export interface RestDeps {
  authenticate: Authenticate;
  contextFor(caller: Caller, requestId: string): HubContext;
  services: Services;
}

/** The REST addresses for people and systems that know the hub's former ones. Each runs an operation of the public schema. */
export async function registerRest(server: FastifyInstance, deps: RestDeps): Promise<void> {
  /** What the caller may do is decided by the operation. */
  const asCaller: ContextOf = async (request) => {
    const caller = await deps.authenticate({
      authorization: request.headers.authorization,
      apiKey: headerText(request.headers['x-api-key']),
      address: request.ip,
      requestId: request.id,
    });
    return deps.contextFor(caller, request.id);
  };
  const allowed = guardBy(deps, asCaller);
  const asAdmin = allowed({ role: 'admin', right: null });
  await server.register(async (scope) => {
    scope.removeContentTypeParser('text/plain');
    scope.setErrorHandler((error, request, reply) => sendError(request, reply, error));
    registerPortalSync(scope, asAdmin);
    registerErpSync(scope, asCaller, allowed(SEE_STATUS));
    registerErpMock(scope, deps.services);
    registerFlashErp(scope, asAdmin);
    registerIntegrations(scope, asCaller);
    registerIntegrationActions(scope, asCaller);
    registerWatching(scope, asCaller);
    registerMappings(scope, asCaller);
    registerWarehouse(scope, asCaller);
    registerAudit(scope, asAdmin);
  });
  await registerFiles(server, allowed(POST_FILE));
}

/** For addresses that ask for more than their operations do, or run none; the rule's arguments are the path's. */
function guardBy({ services }: RestDeps, asCaller: ContextOf): (rule: AccessRule) => ContextOf {
  return (rule) => async (request) => {
    const context = await asCaller(request);
    try {
      await requireAccess(services, context.caller, rule, request.params as Record<string, unknown>);
      return context;
    } catch (error) {
      if (error instanceof HubError)
        await noteRefusal(services, context, `${request.method} ${request.routeOptions.url}`, error.message);
      throw error;
    }
  };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
