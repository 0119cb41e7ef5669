import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import jsonata from 'jsonata';
import { synchronousJsonata } from '../../src/mapping/synchronous-jsonata.js';

const texts = fc.oneof(fc.constantFrom('', 'a', 'Stok Kodu', '12.50', '-3', ' x '), fc.string({ maxLength: 4 }));
const numbers = fc.constantFrom(0, -0, 1, 2.5, -7, 1e21, 0.1, 1e-7);
const odd = fc.constantFrom<unknown>(null, true, [], ['a'], [1, 2], {}, { s: ['a'] });
const rows = fc.array(fc.record({ s: texts, n: fc.oneof(numbers, odd) }, { requiredKeys: ['s'] }), { maxLength: 3 });
const documents = fc.record({ s: fc.oneof(texts, odd), n: fc.oneof(numbers, odd), rows });

/** Every kind of node that JSONata evaluates, each with what the document may have in its place. */
const EXPRESSIONS = `
  rows.(s & "-" & n) | rows[n > 1].s | rows[0] | rows.n[] | * | **.s | rows.s.%.n | rows#$i.($i) | rows@$r.$r.s
  rows^(>n, s).s | rows{s: $sum(n)} | {s: n} | [1..3].($ * n) | [s, n, rows.s] | rows.{"a": s, "b": n}
  n > 1 ? s : rows | -n | n + 1 | n / 0 | s = n | s in rows.s | n and s or rows | s ~> $uppercase ~> $trim
  $map(rows, function($r, $i) { $r.n + $i }) | $filter(rows, function($r) { $r.n = 1 }).s | $single(rows)
  $reduce(rows.n, function($a, $b) { $a + $b }) | $sort(rows, function($a, $b) { $a.n > $b.n }).s
  $each($, function($v, $k) { $k }) | $sift($, function($v) { $v = "a" }) | $eval("n + 1") | $contains(s, /x/i)
  $replace(s, /[a-z]/, function($m) { $uppercase($m.match) }) | $match(s, /(.)o/) | $split(s, /k/)
  ($f := function($x) { $x <= 1 ? 1 : $x * $f($x - 1) }; $f(5)) | (function($x) { $x })(n) | ($f := $substring(?, 1); $f(s))
  $join(rows.s, "-") | $lookup(rows, "s") | $merge(rows) | $distinct(rows.n) | $error(s) | $assert(n = 1) | $none(s) | $string($)
`
  .trim()
  .split(/\s+\|\s+|\n\s*/);

const outcomeOf = async (work: () => unknown) => {
  try {
    return { value: JSON.stringify(await work()) };
  } catch (thrown) {
    const { code, message, position } = thrown as { code?: string; message?: string; position?: number };
    return { code, message, position };
  }
};

it('G10 evaluates every expression at once to what JSONata makes of it, failures included', async () => {
  const seen = new Set<string>();

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...EXPRESSIONS), documents, async (text, document) => {
      const expected = await outcomeOf(() => jsonata(text).evaluate(structuredClone(document)));
      const found = await outcomeOf(() =>
        JSON.parse(JSON.stringify(synchronousJsonata(text).evaluate(structuredClone(document))) ?? 'null'),
      );

      expect({ text, ...found, value: found.value ?? 'null' }).toEqual({
        text,
        ...expected,
        value: expected.value ?? 'null',
      });
      if (expected.value !== undefined) seen.add(text);
    }),
    { numRuns: Number(process.env.EXPRESSIONS ?? 600) },
  );

  expect(seen.size).toBeGreaterThan(30);
});
