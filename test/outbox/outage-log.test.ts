import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createOutageLog } from '../../src/db/outage-log.js';

it('tells of an outage once, and once of its end', () => {
  const lines: string[] = [];
  const outage = createOutageLog(
    pino({ base: null }, { write: (line) => lines.push(JSON.parse(line).msg) }),
    'Claiming',
  );

  outage.worked();
  for (let i = 0; i < 3; i++) outage.failed(new Error('away'));
  for (let i = 0; i < 3; i++) outage.worked();
  outage.failed(new Error('away'));

  expect(lines).toEqual([
    'Claiming fails; it is tried again until it works',
    'Claiming works again',
    'Claiming fails; it is tried again until it works',
  ]);
});
