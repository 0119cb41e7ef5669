import { expect, it } from '@jest/globals';
import { buildSchema, parse } from 'graphql';
import type { HubContext } from '../../schema/context.js';
import { HubError } from '../../src/errors.js';
import { createRunCompiled } from '../../src/http/run-compiled.js';

const schema = buildSchema(`
  type Query { none: Int }
  type Mutation { twice(of: Int!): Int, refuse: Int, break: Int }
`);
const logged: unknown[] = [];
const fields = schema.getMutationType()?.getFields() ?? {};
const resolvers: Record<string, (source: unknown, args: { of: number }) => unknown> = {
  twice: async (_source, { of }) => of * 2,
  refuse: async () => Promise.reject(new HubError('FORBIDDEN', 'Not for you.')),
  break: async () => Promise.reject(new TypeError('a secret of the inside')),
};
for (const [name, resolve] of Object.entries(resolvers)) Object.assign(fields[name] ?? {}, { resolve });

const log = { error: (entry: { err: unknown }) => logged.push(entry.err) };
const context = { requestId: 'req_1', services: { log } } as unknown as HubContext;
const run = createRunCompiled(schema);
const TWICE = parse('mutation Twice($of: Int!) { twice(of: $of) }');

it('answers each run by its own variables', async () => {
  const first = await run(context, TWICE, { of: 2 });
  const second = await run(context, TWICE, { of: 21 });

  expect([first, second]).toEqual([
    { data: { twice: 4 }, errors: [] },
    { data: { twice: 42 }, errors: [] },
  ]);
});

it('tells an expected error with its code', async () => {
  const { data, errors } = await run(context, parse('mutation { refuse }'), {});

  expect(data).toEqual({ refuse: null });
  expect(errors).toMatchObject([{ message: 'Not for you.', path: ['refuse'], extensions: { code: 'FORBIDDEN' } }]);
});

it('logs an unexpected error and hides it', async () => {
  const { errors } = await run(context, parse('mutation { break }'), {});

  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId: 'req_1' } }]);
  expect(errors[0]?.message).not.toContain('secret');
  expect(logged).toEqual([expect.any(TypeError)]);
});

it('refuses variables that do not fit', async () => {
  const { errors } = await run(context, TWICE, { of: 'two' });

  expect(errors[0]?.message).toContain('$of');
});
