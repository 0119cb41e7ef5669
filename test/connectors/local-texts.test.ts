import { describe, expect, it } from '@jest/globals';
import { encodeText, fitText } from '../../src/connectors/text/code-pages.js';
import {
  decimalSignOf,
  isAmbiguousDecimal,
  readDecimal,
  writeDecimal,
} from '../../src/connectors/text/local-decimals.js';
import { readInstant } from '../../src/model/read-instant.js';

describe('code pages', () => {
  it.each(['windows-1254', 'utf-16le', 'utf-16be', 'utf-8'] as const)(
    'G8 keeps every Turkish letter in %s',
    (codePage) => {
      const text = 'Iğdır İstanbul ŞÖÇÜĞ şöçüğı €';

      const bytes = encodeText(text, codePage);

      expect(new TextDecoder(codePage).decode(bytes)).toBe(text);
    },
  );

  it('replaces what a code page lacks by its base letter, or by a question mark', () => {
    expect(fitText('Gdańsk ő 漢', 'windows-1254')).toBe('Gdansk o ?');
  });

  it('composes letters before it cuts, and never ends in half of one', () => {
    expect(fitText('s\u0327is\u0327e', 'windows-1254', 3)).toBe('şiş');
  });

  it('writes control characters as blanks', () => {
    expect(fitText('a\r\n\tb\0c', 'windows-1254')).toBe('a b c');
  });
});

describe('times', () => {
  it.each([
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-01-31 12:00', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00+05:30', '2026-01-31T06:30:00.000Z'],
    ['2026-01-31 12:00:00+02', '2026-01-31T10:00:00.000Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(readInstant(text)).toBe(expected);
  });

  it.each(['2026-02-29', '2026-02-30T00:00:00+01:00', '2026-13-01', '31.01.2026', 'May 5', ''])(
    'refuses %s',
    (text) => {
      expect(readInstant(text)).toBeNull();
    },
  );
});

describe('decimals', () => {
  it.each([
    ['1.234,56', ',', '1234.56'],
    ['1,234.56', '.', '1234.56'],
    ['1 234 567,8', ',', '1234567.8'],
    ['12,50 TL', ',', '12.50'],
    ['₺0012,50', ',', '12.50'],
    ['-5', ',', '-5'],
    ['9007199254740993', '.', '9007199254740993'],
  ] as const)('G8 reads %s by "%s" as %s', (text, sign, expected) => {
    expect(readDecimal(text, sign)).toBe(expected);
  });

  it.each(['1.23.4', '1,2,3', '1e5', '', 'abc', '12.5.', '--1'])('refuses %s', (text) => {
    expect(readDecimal(text, ',')).toBeNull();
  });

  it('tells the sign only where there is no doubt', () => {
    expect(['12,5', '1.234,5', '1,234.5', '1.234', '12', '1.234.567'].map(decimalSignOf)).toEqual([
      ',',
      ',',
      '.',
      null,
      null,
      ',',
    ]);
    expect(isAmbiguousDecimal('1.234')).toBe(true);
  });

  it('writes by the sign asked for', () => {
    expect(writeDecimal('1234.50', ',')).toBe('1234,50');
  });
});
