import type { Environment } from './read-variables.js';

/** Variables that systems like this one are configured by, and what does it here. */
interface Foreign {
  names: readonly string[];
  /** Ours, which says the same; null: there is nothing to say. */
  ours: string | null;
  about: string;
}

/** The hub does not read them. Only the name of one that is set is ever told. */
export const FOREIGN: readonly Foreign[] = [
  {
    names: ['DB_HOST', 'DB_PORT', 'DB_USERNAME', 'DB_PASSWORD', 'DB_NAME'],
    ours: 'DATABASE_URL',
    about: 'Without it the hub runs a PostgreSQL of its own: give postgres://user:password@host:port/database.',
  },
  {
    names: ['REDIS_HOST', 'REDIS_PORT', 'REDIS_PASSWORD', 'REDIS_DB', 'REDIS_URL'],
    ours: null,
    about: 'The hub needs no Redis: what its instances share is in PostgreSQL.',
  },
  {
    names: ['NOTIFICATION_SERVICE_URL'],
    ours: 'NOTIFY_WEBHOOK_URL',
    about: 'Messages to people are posted there as JSON; mail and Slack are at hand as well.',
  },
  {
    names: ['PLATFORM_API_URL'],
    ours: null,
    about: 'The hub is the platform: each system that it sends to is an integration with an address of its own.',
  },
];

/** A warning for each group of which one is set, unless what does it here is set, too. */
export function warnOfForeign(env: Environment): string[] {
  return FOREIGN.flatMap(({ names, ours, about }) => {
    const found = names.filter((name) => env[name]);
    if (found.length === 0 || (ours && env[ours])) return [];
    return [`${found.join(', ')}: not read here${ours ? `, but ${ours} is` : ''}. ${about}`];
  });
}
