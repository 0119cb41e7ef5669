import { expect, it } from '@jest/globals';
import { createLogger } from '../../src/log.js';

function logTo(readable: boolean) {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', readable, stream: { write: (line) => void lines.push(line) } });
  return { log, lines };
}

it('writes one JSON object a line, without secrets', () => {
  const { log, lines } = logTo(false);

  log.info(
    { apiKey: 's3cret', headers: { authorization: 'Bearer s3cret', 'x-api-key': 's3cret' }, orderId: 'ord_1' },
    'sent',
  );

  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: 'sent', orderId: 'ord_1', apiKey: '***' });
  expect(lines[0]).not.toContain('s3cret');
});

it('keeps of an error what says what happened, not what a library hung on it', () => {
  const { log, lines } = logTo(false);
  const error = Object.assign(new Error('refused', { cause: new Error('closed') }), {
    code: 'ECONNREFUSED',
    options: { headers: { authorization: 'Bearer s3cret' } },
  });

  log.error({ err: error }, 'not sent');

  expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
    message: 'refused',
    code: 'ECONNREFUSED',
    cause: { message: 'closed' },
  });
  expect(lines[0]).not.toContain('s3cret');
});

it('writes for a person at a terminal, without secrets', () => {
  const { log, lines } = logTo(true);

  log.warn({ orderId: 'ord_1', token: 's3cret' }, 'late');

  expect(lines[0]).toMatch(/WARN.*late.*orderId=ord_1/);
  expect(lines[0]).not.toContain('s3cret');
});
