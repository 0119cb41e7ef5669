import { describe, expect, it } from '@jest/globals';
import { isSecretName, maskJson, maskNamed, maskSecrets } from '../../src/model/mask-secrets.js';

const masked = (text: string) => JSON.parse(maskJson(text) ?? text);

describe('names', () => {
  const secret =
    'pwd userPwd db_pass PASS passwd password pin cardPin CVV cvc2 card_number cardNumber creditCardNumber pan card-no';
  const harmless =
    'passenger compass pinned company shipping pan_european passed bypass companyName cardNotes card_note spin tokenizer pin_code postalPincode discount';

  it.each(secret.split(' '))('%s is that of a secret', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(harmless.split(' '))('%s is not', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe('texts', () => {
  const inner = JSON.stringify({ password: 'hidden', sku: 'MUG', more: JSON.stringify({ pin: 1234, at: 'x' }) });

  it('are masked within texts, however often they are escaped', () => {
    const text = JSON.stringify({ note: inner, shipping: 'express', company: 'Pan AG' });

    expect(masked(text)).toEqual({
      note: JSON.stringify({ password: '***', sku: 'MUG', more: JSON.stringify({ pin: '***', at: 'x' }) }),
      ...{ shipping: 'express', company: 'Pan AG' },
    });
    expect(maskSecrets({ note: inner })).toEqual({ note: masked(text).note });
  });

  it('are masked also where JSON was cut off, at any place', () => {
    const text = JSON.stringify({ a: 1, data: { note: inner, pwd: 'hidden', card_number: 4111111111111111 } });

    for (let length = 1; length <= text.length; length += 1) {
      expect(maskNamed(text.slice(0, length))).not.toMatch(/hid|12\d|411/);
    }
  });

  it('stay as they are where nothing is secret', () => {
    const text =
      '{"passenger":"Ada","compass":"N","pinned":true,"has_password":true,"company":"C","pin":null,"n":1.10}';

    expect([maskJson(text), maskNamed(text)]).toEqual([null, text]);
  });

  it('are masked in forms', () => {
    expect(maskNamed('user=ada&pwd=hidden&shipping=dhl')).toBe('user=ada&pwd=***&shipping=dhl');
  });

  it('are masked within seconds among as many backslashes as an answer can hold', () => {
    const backslashes = '\\'.repeat(2_000_000);

    expect(maskNamed(`${backslashes} {"token":"hidden"} ${backslashes}`)).toBe(
      `${backslashes} {"token":"***"} ${backslashes}`,
    );
  });

  it('that are nested too deeply keep what can be looked through, and say what was left out', () => {
    const deep = `${'{"a":['.repeat(20_000)}{"password":"hidden"}${']}'.repeat(20_000)}`;
    const text = `{"password":"hidden","sku":"MUG","deep":${deep},"after":[1.10]}`;

    const shown = maskJson(text) ?? '';

    expect(shown).toMatch(/^\{"password":"\*\*\*","sku":"MUG","deep":\{"a":/);
    expect(shown).toMatch(/"\(left out: nested too deeply\)"\}/);
    expect(shown).toMatch(/"after":\[1\.10\]\}$/);
    expect(shown).not.toContain('hidden');
    expect(maskNamed(text.slice(0, -20))).not.toContain('hidden');
  });
});
