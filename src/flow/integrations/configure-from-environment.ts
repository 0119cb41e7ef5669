import { sqlOn } from '../../db/database.js';
import type { Services } from '../services.js';
import { type ConfiguredIntegration, configureIntegration } from './configure-integration.js';
import { declareTraits } from './declare-traits.js';
import { switchOff } from './switch-off.js';

/** Their simulators do not run: they would be away for ever, and no demo merchant is to be taken for a real one. */
const END_DEMO = `
update integrations set enabled = false, deleted_at = now(), updated_at = now()
where configured_by = 'DEMO' and deleted_at is null`;

interface Configured {
  integrations: readonly ConfiguredIntegration[];
  /** Connectors whose integrations are off, however they were made. */
  switchedOff: readonly string[];
}

const GONE = `
select id, connector from integrations
where configured_by = 'ENVIRONMENT' and enabled and deleted_at is null and id <> all($1) order by id`;

/**
 * Writes what the connectors declare, and brings the integrations that the environment configures in step with it. One
 * whose variables are gone stays as it was, and the log says so: people decide what becomes of it. Integrations of a demo in
 * the same database are deleted until it runs again.
 * @throws HubError BAD_USER_INPUT when a connector does not accept its configuration
 */
export async function configureFromEnvironment(
  services: Services,
  { integrations, switchedOff }: Configured,
): Promise<void> {
  await declareTraits(services.db, services.connectors);
  await warnOfGone(services, integrations);
  await switchOff(services, switchedOff);
  if (integrations.length === 0) return;
  await sqlOn(services.db.pool)(END_DEMO);
  services.integrations.changed();
  for (const integration of integrations) await configureIntegration(services, integration, 'ENVIRONMENT');
}

async function warnOfGone({ db, log }: Services, integrations: readonly ConfiguredIntegration[]): Promise<void> {
  const { rows } = await db.pool.query<{ id: string; connector: string }>(GONE, [integrations.map(({ id }) => id)]);
  for (const { id, connector } of rows) {
    log.warn(
      { integrationId: id, connector },
      'the variables that made this integration are gone; it goes on with what is stored: disable or delete it, or set ENABLED=false under its prefix',
    );
  }
}
