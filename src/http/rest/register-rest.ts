import type { FastifyInstance } from 'fastify';
import type { HubContext } from '../../../schema/context.js';
import type { Authenticate } from '../../access/authenticate.js';
import { type Caller, hasRole } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import type { Services } from '../../flow/services.js';
import { noteRefusal } from '../audit-refusals.js';
import { sendError } from '../envelope.js';
import { registerAudit } from './audit-routes.js';
import { registerErpMock } from './erp-mock-route.js';
import { registerErpSync } from './erp-routes.js';
import { registerFiles } from './file-routes.js';
import { registerFlashErp } from './flasherp-routes.js';
import { registerIntegrationActions } from './integration-actions.js';
import { registerIntegrations } from './integration-routes.js';
import { registerMappings } from './mapping-routes.js';
import { type ContextOf, registerPortalSync } from './portal-sync-routes.js';
import { registerWarehouse } from './warehouse-routes.js';
import { registerWatching } from './watching-routes.js';

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
  const asAdmin: ContextOf = async (request) => {
    const context = await asCaller(request);
    if (hasRole(context.caller, 'admin')) return context;
    const message = `This needs the role admin; you have ${context.caller.role}.`;
    await noteRefusal(deps.services, context, `${request.method} ${request.routeOptions.url}`, message);
    throw new HubError('FORBIDDEN', message);
  };
  await server.register(async (scope) => {
    scope.removeContentTypeParser('text/plain');
    scope.setErrorHandler((error, request, reply) => sendError(request, reply, error));
    registerPortalSync(scope, asAdmin);
    registerErpSync(scope, asCaller);
    registerErpMock(scope, deps.services);
    registerFlashErp(scope, asAdmin);
    registerIntegrations(scope, asCaller);
    registerIntegrationActions(scope, asCaller);
    registerWatching(scope, asCaller);
    registerMappings(scope, asCaller);
    registerWarehouse(scope, asCaller);
    registerAudit(scope, asAdmin);
  });
  await registerFiles(server, asCaller);
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
