import pino from 'pino';
import { createJobs } from '../../jobs/create-jobs.js';
import type { JobDefinition } from '../../jobs/define.js';
import { openDatabase, sqlOn } from '../../src/db/database.js';
import type { Services } from '../../src/flow/services.js';

/** A hub process with one job that notes each start; with HANG it then never ends. Its end is its parent's doing. */
const { DATABASE_URL = '', TIMERS_URL, HANG, LEASE_MS } = process.env;
const db = await openDatabase(DATABASE_URL, () => {});
const sql = sqlOn(db.pool);

const noteStart: JobDefinition = {
  name: 'note-start',
  title: 'Notes that it started',
  schedule: '* * * * * *',
  run: async () => {
    await sql('insert into starts (pid) values ($1)', [process.pid]);
    if (HANG) await new Promise(() => {});
  },
};

const jobs = createJobs({
  db,
  timersUrl: TIMERS_URL,
  definitions: [noteStart],
  log: pino({ level: 'silent' }),
  leaseMs: Number(LEASE_MS),
});
await jobs.start({ db } as Services);
