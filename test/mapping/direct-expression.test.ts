import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evaluate, evaluateDirectly } from '../../src/mapping/evaluate.js';

// Longer than any pause of a busy machine.
const LIMITS = { timeoutMs: 60_000 };

const texts = fc.oneof(fc.constantFrom('', 'a', 'Stok Kodu', '12.50', '-3', ' x '), fc.string({ maxLength: 4 }));
const numbers = fc.constantFrom(0, -0, 1, 2.5, -7, 1e21, 0.1, 1e-7);
const odd = fc.constantFrom<unknown>(null, true, false, [], ['a'], [1, 2], {}, { s: ['a'] }, { tupleStream: true });
const mostly = (usual: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });
const fields = { s: mostly(texts), t: mostly(texts), n: mostly(numbers), m: mostly(numbers) };
const documents = fc.record(
  { ...fields, o: mostly(fc.record(fields, { requiredKeys: ['s', 'n'] })) },
  { requiredKeys: ['s', 'n', 'o'] },
);

/** Expressions of one kind mostly fit together; `any` mixes them. */
const { any: expressions } = fc.letrec<Record<'text' | 'number' | 'test' | 'any', string>>((tie) => {
  const [text, number, test, any] = [tie('text'), tie('number'), tie('test'), tie('any')];
  const form = (pattern: string, ...parts: fc.Arbitrary<string>[]) =>
    fc.tuple(...parts).map((made) => pattern.replace(/\d/g, (digit) => made[Number(digit)] ?? digit));
  const each = (patterns: string[], ...parts: fc.Arbitrary<string>[]) => patterns.map((one) => form(one, ...parts));
  const limits = { maxDepth: 2, depthSize: 'small' } as const;
  return {
    text: fc.oneof(
      limits,
      fc.constantFrom('s', 't', 'o.s', 'o.t', '$.s', '$$.t', '"x"', '" "', '$document.s'),
      ...each(['$uppercase(0)', '$trim(0)', '0 ~> $lowercase()', 'o.$uppercase(0)', 'o.(0)', '(1; 0)'], text, any),
      ...each(['$substringBefore(0, 1)', '$replace(0, 1, 0)', '$pad(0, 3, 1)', '0 & 1'], text, text),
      ...each(['$substring(0, 1)', '0 & 1', '$string(1)', '$decimalAdd(1, 1)', '$type(0)'], text, number),
      ...each(['(2 ? 0 : 1)', '(2 ? 0)', '$lookup({"a": 0, "x": 1}, 1)', '{"p": 0, "q": 1}.p'], text, text, test),
    ),
    number: fc.oneof(
      limits,
      fc.constantFrom('n', 'm', 'o.n', 'o.m', '3', '-2.5', '$$.n'),
      ...each(
        ['(0 + 1)', '(0 - 1)', '(0 * 1)', '(0 / 1)', '(0 % 1)', '$power(0, 1)', '-(0)', '$abs(0)'],
        number,
        number,
      ),
      ...each(['$length(0)', '$number(0)', '$round(1)', '$round(1, 1)', '$floor(1)'], text, number),
    ),
    test: fc.oneof(
      limits,
      fc.constantFrom('true', 'false', '$exists(s)', '$boolean(o)', 'null = s'),
      ...each(['(0 = 1)', '(0 != 1)', '(0 < 1)', '(0 >= 1)', '$contains(0, 1)'], text, text),
      ...each(['(0 > 1)', '(0 <= 1)', '(0 = 1)'], number, number),
      ...each(['(0 and 1)', '(0 or 1)', '$not(0)', '(0 != 1)'], test, test),
    ),
    any: fc.oneof(
      limits,
      text,
      number,
      test,
      ...each(['{"p": 0, "q": 1}', '(0 & 1)', '(0)[0]', '$exists(0)'], any, any),
    ),
  };
});

it('G10 evaluates an expression directly to what JSONata makes of it, or leaves it to JSONata', async () => {
  let direct = 0;
  const program = fc.record({ source: expressions, transformation: fc.option(expressions) });

  await fc.assert(
    fc.asyncProperty(program, documents, async (one, document) => {
      const found = evaluateDirectly(one, document, LIMITS);
      const expected = await evaluate(one, document, LIMITS);

      if (found !== null) expect({ ...one, document, found }).toEqual({ ...one, document, found: expected });
      if (found !== null) direct += 1;
    }),
    { numRuns: Number(process.env.EXPRESSIONS ?? 600) },
  );

  expect(direct).toBeGreaterThan(50);
});

it.each([
  ['a & " (" & b & ")"', { a: 'Box', b: 2 }, '"Box (2)"'],
  ['$lookup({"W1": "Main"}, a)', { a: 'W1' }, '"Main"'],
  ['$decimalMultiply(a, "1.20")', { a: '10.10' }, '"12.12"'],
  ['a > 5 ? "many" : "few"', { a: 7 }, '"many"'],
  ['a.b.$uppercase(c)', { a: { b: { c: 'x' } } }, '"X"'],
  ['$replace(a, "$", "$$")', { a: 'US$' }, '"US$$"'],
])('G10 evaluates %s directly', (source, document, json) => {
  const found = evaluateDirectly({ source, transformation: null }, document, LIMITS);

  expect(found).toEqual({ json });
});

it.each([
  ['a.b', { a: [{ b: 1 }] }],
  ['a[b = 1]', { a: { b: 1 } }],
  ['$map(a, function($x) { $x })', { a: 1 }],
  ['$eval("1")', {}],
  ['a + 1', { a: 'one' }],
  ['$now()', {}],
])('G10 leaves %s of %j to JSONata', (source, document) => {
  const found = evaluateDirectly({ source, transformation: null }, document, LIMITS);

  expect(found).toBeNull();
});
