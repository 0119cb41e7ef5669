import type { Sql } from '../../db/database.js';
import type { RedriveRules } from '../sync/retry-failed.js';
import { type IntegrationFacts, readFacts } from './facts.js';
import { judge, type Measure } from './judge.js';
import { measureAll } from './measure.js';
import { measureHub } from './measure-hub.js';
import type { AlertScope } from './open-alert.js';
import { type AlertKind, type AlertRule, HUB_KINDS, KINDS, ORDER_KIND, readAlertRules, rulesFor } from './rule.js';

/** Whom alerts are about: an integration's id; null: the hub itself. */
export type AlertSubject = string | null;

/** An alert that is to be opened, or one that is to be closed. */
export type News =
  | { opens: true; scope: AlertScope; rule: AlertRule; facts: IntegrationFacts | null; value: number }
  | { opens: false; scope: AlertScope; rule: Pick<AlertRule, 'kind' | 'notify'> };

interface Verdict {
  rule: AlertRule;
  scope: AlertScope;
  facts: IntegrationFacts | null;
  measure: Measure;
}

type Open = AlertScope & { kind: AlertKind };

/** Those of orders are judged by themselves, and those of kinds that only a newer version knows by that version. */
const OPEN_ONES = `select kind, merchant_id as "merchantId", integration_id as "integrationId", null as "orderId"
from alerts where closed_at is null and order_id is null and kind = any($2)
  and ($1::text[] is null or coalesce(integration_id, '') = any($1))`;

/**
 * Measures what the rules watch of these subjects, null: of all, and answers where that is not what is open. An alert of an
 * integration that is disabled or gone, or of a rule that is no more, is to be closed, too. Writes nothing.
 */
export async function findNews(
  sql: Sql,
  redrives: RedriveRules,
  subjects: readonly AlertSubject[] | null,
): Promise<News[]> {
  const rules = await readAlertRules(sql);
  const verdicts = await judgeAll(sql, redrives, rules, subjects);
  const values = [subjects?.map((subject) => subject ?? '') ?? null, KINDS];
  const open = new Map((await sql<Open>(OPEN_ONES, values)).map((one) => [keyOf(one.kind, one), one]));
  const news = verdicts.flatMap(({ rule, scope, facts, measure }): News[] => {
    const verdict = judge(rule, measure);
    const isOpen = open.delete(keyOf(rule.kind, scope));
    if (verdict === true && !isOpen) return [{ opens: true, scope, rule, facts, value: measure.value ?? 0 }];
    return verdict === false && isOpen ? [{ opens: false, scope, rule }] : [];
  });
  const forgotten = [...open.values()].map(
    ({ kind, ...scope }): News => ({ opens: false, scope, rule: { kind, notify: false } }),
  );
  return [...news, ...forgotten];
}

const keyOf = (kind: AlertKind, { integrationId }: AlertScope) => `${kind} ${integrationId ?? ''}`;

async function judgeAll(
  sql: Sql,
  redrives: RedriveRules,
  rules: readonly AlertRule[],
  subjects: readonly AlertSubject[] | null,
): Promise<Verdict[]> {
  const ofHub = subjects === null || subjects.includes(null);
  const facts = await readFacts(sql, redrives, ofHub ? null : subjects.filter((id) => id !== null));
  const watched = facts
    .filter(({ integrationId }) => subjects === null || subjects.includes(integrationId))
    .flatMap((one) =>
      rulesFor(rules, { id: one.integrationId, connector: one.connector })
        .filter(({ kind }) => kind !== ORDER_KIND)
        .map((rule) => ({ rule, facts: one })),
    );
  const measures = await measureAll(sql, watched);
  const verdicts = watched.map((one, at): Verdict => {
    const { merchantId, integrationId } = one.facts;
    return { ...one, scope: { merchantId, integrationId, orderId: null }, measure: measures[at] ?? NOTHING };
  });
  for (const rule of ofHub ? rules.filter(({ kind }) => HUB_KINDS.has(kind)) : [])
    verdicts.push({ rule, scope: NOBODY, facts: null, measure: await measureHub(sql, rule, facts) });
  return verdicts;
}

const NOTHING: Measure = { value: null, samples: 0 };
const NOBODY: AlertScope = { merchantId: null, integrationId: null, orderId: null };
