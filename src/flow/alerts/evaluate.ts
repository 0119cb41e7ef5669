import { sqlOn } from '../../db/database.js';
import type { Services } from '../services.js';
import { readRedriveRules } from '../sync/retry-failed.js';
import { type AlertSubject, findNews } from './find-news.js';
import { judgeOpenPayments } from './judge-payments.js';
import { closeAlert, openAlert } from './open-alert.js';
import { readUnknownKinds } from './rule.js';
import { takeTurn } from './take-turn.js';

/** Measures what the rules watch of the hub and every integration, and opens and closes alerts. Harmless to repeat. */
export async function evaluateAlerts(services: Services): Promise<void> {
  await services.tally.flush();
  const kinds = await readUnknownKinds(sqlOn(services.db.pool));
  if (kinds.length > 0)
    services.log.debug({ kinds }, 'alert rules of kinds that this version does not know are left out');
  await evaluate(services, null);
  await judgeOpenPayments(services);
}

/** The same for single integrations, as soon as something has happened to them. */
export function evaluateAlertsOf(services: Services, integrationIds: readonly string[]): Promise<void> {
  return evaluate(services, integrationIds);
}

/** So many are told of in one transaction. */
const AT_ONCE = 25;

/**
 * All is measured at once, on a connection that nothing else waits for and without a lock. Who seems to have news is looked
 * at again in a turn of its own, since somebody else may have told it meanwhile, or it may be over.
 */
async function evaluate(services: Services, subjects: readonly AlertSubject[] | null): Promise<void> {
  const news = await findNews(sqlOn(services.db.pool), await readRedriveRules(services), subjects);
  const about = [...new Set(news.map(({ scope }) => scope.integrationId))];
  for (let from = 0; from < about.length; from += AT_ONCE) await settle(services, about.slice(from, from + AT_ONCE));
}

async function settle(services: Services, subjects: readonly AlertSubject[]): Promise<void> {
  const redrives = await readRedriveRules(services);
  await services.db.transaction(async (tx) => {
    await takeTurn(
      tx,
      subjects.map((subject) => subject ?? 'hub'),
    );
    for (const one of await findNews(tx.sql, redrives, subjects)) {
      if (one.opens) await openAlert({ services, tx }, one.rule, one.scope, one.facts, one.value);
      else await closeAlert({ services, tx }, one.rule, one.scope);
    }
  });
}
