import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalText, exactNumber, parseExactJson } from '../../src/connectors/text/exact-json.js';

const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 29n }), fc.option(fc.stringMatching(/^\d{1,8}$/)))
  .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`);

it('carries any decimal through a JSON number and back, to the digit', () => {
  fc.assert(
    fc.property(decimal, (text) => {
      const json = JSON.stringify({ amount: exactNumber(text) });

      const { amount } = parseExactJson(json) as { amount: number | string };

      expect(json).toBe(`{"amount":${text}}`);
      expect(decimalText(amount)).toBe(text);
    }),
  );
});

it('makes a number only of what a double prints back as it was written', () => {
  const numbers = fc.stringMatching(/^-?(0|[1-9]\d{0,18})(\.0{0,7}\d{1,9})?([eE][+-]?\d{1,3})?$/);
  fc.assert(
    fc.property(fc.array(numbers), fc.constantFrom(',', ' , ', ',\n'), (texts, comma) => {
      const found = parseExactJson(`[${texts.join(comma)}]`);

      expect(found).toEqual(texts.map((text) => (String(Number(text)) === text ? Number(text) : text)));
    }),
    { numRuns: 1000 },
  );
});

it('leaves JSON without such numbers as JSON.parse has it', () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (json) => {
      fc.pre(!/\d[.eE]|\d{16}|-0/.test(json));

      expect(parseExactJson(json)).toEqual(JSON.parse(json));
    }),
  );
});

it.each(['1e999999999', '1e-999999999', '1e99999999999999999999', '9'.repeat(41), 'NaN', '', '0x10', '1_000', ' 1'])(
  'reads %j as no decimal',
  (text) => {
    expect(decimalText(text)).toBeNull();
  },
);

it('writes no leading zeros, which JSON does not know', () => {
  expect(JSON.stringify(['007.50', '-00', '0.10'].map(exactNumber))).toBe('[7.50,-0,0.10]');
});

it.each(['1e3', '1.', '.5', 'Infinity', '1,5'])('writes %j not as a number', (text) => {
  expect(() => exactNumber(text)).toThrow(SyntaxError);
});
